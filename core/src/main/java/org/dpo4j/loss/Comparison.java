package org.dpo4j.loss;

import org.dpo4j.autodiff.Var;

/**
 * A better and a worse completion of one prompt. A pair makes one; an order makes one of every two
 * completions of unequal rank; a best completion makes one with each of the others.
 */
public record Comparison(ScoredCompletion chosen, ScoredCompletion rejected) implements View {
  /** {@code h}: the log-ratio of the chosen completion minus that of the rejected one. */
  public Var logRatioMargin() {
    return chosen.logRatio().minus(rejected.logRatio());
  }

  /** The same of the means over tokens, {@code uc / nc - ur / nr}. */
  public Var meanLogRatioMargin() {
    return chosen.meanLogRatio().minus(rejected.meanLogRatio());
  }
}
