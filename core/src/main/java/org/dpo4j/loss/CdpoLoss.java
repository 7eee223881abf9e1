package org.dpo4j.loss;

import static org.dpo4j.loss.LossOption.BETA;
import static org.dpo4j.loss.LossOption.LABEL_SMOOTHING;

import org.dpo4j.autodiff.Var;

/**
 * Conservative DPO (Mitchell 2023, "A note on DPO with noisy preferences"): the cross-entropy of
 * labels that are wrong with probability {@code e}, {@code -(1-e) log sigmoid(beta h) - e log
 * sigmoid(-beta h)}.
 *
 * @param beta above 0
 * @param labelSmoothing {@code e}, at least 0 and below 0.5
 */
public record CdpoLoss(double beta, double labelSmoothing) implements MarginLoss {
  public CdpoLoss {
    BETA.require(beta);
    LABEL_SMOOTHING.require(labelSmoothing);
  }

  @Override
  public Var of(Var rewardMargin) {
    Var right = rewardMargin.logSigmoid();
    Var wrong = rewardMargin.negate().logSigmoid();
    return right.times(1 - labelSmoothing).plus(wrong.times(labelSmoothing)).negate();
  }

  /** {@code --loss_type cdpo}. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super(
          "cdpo",
          "conservative DPO (Mitchell 2023): cross-entropy of labels that are wrong with"
              + " probability label_smoothing",
          o -> new CdpoLoss(o.get(BETA), o.get(LABEL_SMOOTHING)),
          BETA,
          LABEL_SMOOTHING);
    }
  }
}
