package org.dpo4j.loss;

import org.dpo4j.autodiff.Var;

/**
 * A function of one number, the reward margin {@code beta h}. Most losses are; each of them goes
 * with every f-divergence and with a margin column.
 */
public interface MarginLoss extends PairwiseLoss {
  @Override
  double beta();

  /**
   * The loss at a reward margin.
   *
   * @param rewardMargin {@code beta x} {@link #margin}
   */
  Var of(Var rewardMargin);

  /** {@code h}; a length-normalised loss takes that of the means over tokens. */
  default Var margin(Comparison comparison) {
    return comparison.logRatioMargin();
  }

  @Override
  default LossValue evaluate(Comparison comparison) {
    return LossValue.of(of(margin(comparison).times(beta())));
  }
}
