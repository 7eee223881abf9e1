package org.dpo4j.loss;

import static org.dpo4j.loss.LossOption.BETA;
import static org.dpo4j.loss.LossOption.LABEL_SMOOTHING;

import org.dpo4j.autodiff.Var;

/**
 * Robust DPO (Chowdhury et al. 2024, arXiv:2403.00409): {@code (-(1-e) log sigmoid(beta h) + e log
 * sigmoid(-beta h)) / (1-2e)}. Where labels are flipped with probability {@code e}, its mean over
 * the flips is the loss of the clean labels. It has no lower bound.
 *
 * @param beta above 0
 * @param labelSmoothing {@code e}, at least 0 and below 0.5
 */
public record RobustLoss(double beta, double labelSmoothing) implements MarginLoss {
  public RobustLoss {
    BETA.require(beta);
    LABEL_SMOOTHING.require(labelSmoothing);
  }

  @Override
  public Var of(Var rewardMargin) {
    Var right = rewardMargin.logSigmoid();
    Var wrong = rewardMargin.negate().logSigmoid();
    return wrong
        .times(labelSmoothing)
        .minus(right.times(1 - labelSmoothing))
        .dividedBy(1 - 2 * labelSmoothing);
  }

  /** {@code --loss_type robust}. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super(
          "robust",
          "robust DPO (Chowdhury 2024): unbiased where labels are flipped with probability"
              + " label_smoothing",
          o -> new RobustLoss(o.get(BETA), o.get(LABEL_SMOOTHING)),
          BETA,
          LABEL_SMOOTHING);
    }
  }
}
