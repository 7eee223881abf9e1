package org.dpo4j.loss;

import static org.dpo4j.loss.LossOption.BETA;

import org.dpo4j.autodiff.Var;

/**
 * Identity Preference Optimization (Azar et al. 2023, arXiv:2310.12036, eq. 17) on means over
 * tokens: {@code (uc / nc - ur / nr - 1 / (2 beta))^2}, where {@code uc} and {@code ur} are the
 * log-ratios of the completions and {@code nc} and {@code nr} their numbers of tokens.
 *
 * @param beta above 0; the paper's tau
 */
public record IpoLoss(double beta) implements MarginLoss {
  public IpoLoss {
    BETA.require(beta);
  }

  @Override
  public Var margin(Comparison comparison) {
    return comparison.meanLogRatioMargin();
  }

  @Override
  public Var of(Var rewardMargin) {
    return rewardMargin.minus(0.5).dividedBy(beta).square();
  }

  /** {@code --loss_type ipo}. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super(
          "ipo",
          "IPO (Azar 2023, eq. 17): (h - 1/(2 beta))^2 on means over tokens",
          o -> new IpoLoss(o.get(BETA)),
          BETA);
    }
  }
}
