package org.dpo4j.loss;

import org.dpo4j.autodiff.Var;

/**
 * A loss that knows no reference and brings rewards of its own, {@code beta x} the mean log-prob:
 * SimPO (Meng et al. 2024, arXiv:2405.14734, eq. 6) without its margin.
 */
record LikelihoodLoss(double beta) implements PairwiseLoss {
  @Override
  public Requirements requirements() {
    return Requirements.NONE.withOwnRewards();
  }

  @Override
  public LossValue evaluate(Comparison comparison) {
    Var chosen = comparison.chosen().meanLogProb().times(beta);
    Var rejected = comparison.rejected().meanLogProb().times(beta);
    return LossValue.of(chosen.minus(rejected).logSigmoid().negate())
        .withRewards(chosen.value(), rejected.value());
  }
}
