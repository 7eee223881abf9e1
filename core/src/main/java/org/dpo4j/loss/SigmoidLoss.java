package org.dpo4j.loss;

import static org.dpo4j.loss.LossOption.BETA;

import org.dpo4j.autodiff.Var;

/**
 * Direct Preference Optimization (Rafailov et al. 2023, arXiv:2305.18290, eq. 7): {@code -log
 * sigmoid(beta h)}, where {@code h} is the chosen log-ratio minus the rejected one.
 *
 * @param beta above 0
 */
public record SigmoidLoss(double beta) implements MarginLoss {
  public SigmoidLoss {
    BETA.require(beta);
  }

  @Override
  public Var of(Var rewardMargin) {
    return rewardMargin.logSigmoid().negate();
  }

  /** {@code --loss_type sigmoid}. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super(
          "sigmoid",
          "DPO (Rafailov 2023, eq. 7): -log sigmoid(beta h)",
          o -> new SigmoidLoss(o.get(BETA)),
          BETA);
    }
  }
}
