package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dpo4j.testkit.LossContract;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;

class IpoLossTest extends LossContract {
  @Override
  protected PreferenceLossFactory factory() {
    return new IpoLoss.Factory();
  }

  /**
   * uc / nc = (-4 + 5) / 2 = 0.5, ur / nr = (-12 + 10) / 4 = -0.5; (1 - 1 / 0.2)^2 = 16. By token:
   * 2 (1 - 5) / 2 = -4 of the chosen, 2 (1 - 5) / -4 = 2 of the rejected.
   */
  @Test
  void isOfMeansOverTokens() {
    Evaluation e = evaluate(Scores.constant(-4, -5, 2), Scores.constant(-12, -10, 4));
    assertEquals(16, e.value(), 1e-12);
    assertArrayEquals(new double[] {-4, -4, 2, 2, 2, 2}, e.gradient(), 1e-12);
  }

  /** A first token that nothing predicts counts: uc / nc = 1 / 2, ur / nr = -2 / 4. */
  @Test
  void countsAFirstTokenWithoutPredecessor() {
    Scores chosen = new Scores(new double[] {-4}, new double[] {-5}, true);
    Scores rejected = new Scores(new double[] {-6, -3, -3}, new double[] {-5, -2, -3}, true);
    assertEquals(16, evaluate(chosen, rejected).value(), 1e-12);
  }

  private static Evaluation evaluate(Scores chosen, Scores rejected) {
    return ScoredBatch.empty().pair(chosen, rejected).evaluate(Objective.of(new IpoLoss(0.1)));
  }
}
