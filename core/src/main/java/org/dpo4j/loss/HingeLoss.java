package org.dpo4j.loss;

import static org.dpo4j.loss.LossOption.BETA;

import org.dpo4j.autodiff.Var;

/**
 * The hinge of SLiC-HF (Zhao et al. 2023, arXiv:2305.10425) on the reward margin, as in RSO (Liu et
 * al. 2023, arXiv:2309.06657): {@code max(0, 1 - beta h)}.
 *
 * @param beta above 0; its inverse is the margin that is enough
 */
public record HingeLoss(double beta) implements MarginLoss {
  public HingeLoss {
    BETA.require(beta);
  }

  @Override
  public Var of(Var rewardMargin) {
    return rewardMargin.negate().plus(1).max(0);
  }

  /** {@code --loss_type hinge}. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super(
          "hinge",
          "SLiC-HF (Zhao 2023): max(0, 1 - beta h)",
          o -> new HingeLoss(o.get(BETA)),
          BETA);
    }
  }
}
