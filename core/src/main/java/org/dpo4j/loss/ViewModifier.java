package org.dpo4j.loss;

import java.util.List;

/**
 * Changes what every loss of a run sees of an example, before any view is cut: other sums of the
 * token log-probs ({@link ScoredCompletion#withLogProb}, which metrics see too) or another
 * divergence ({@link ScoredCompletion#withDivergence}, which they don't).
 */
@FunctionalInterface
public interface ViewModifier {
  /**
   * Changes the completions of one example.
   *
   * @param completions in the example's order
   * @return as many, in the same order
   */
  List<ScoredCompletion> apply(List<ScoredCompletion> completions);
}
