package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dpo4j.testkit.LossContract;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;

class SigmoidLossTest extends LossContract {
  @Override
  protected PreferenceLossFactory factory() {
    return new SigmoidLoss.Factory();
  }

  /**
   * A policy that is the reference: h = 0, -log sigmoid(0) = log 2; half of beta pulls each way.
   */
  @Test
  void isLogTwoAtTheReference() {
    Evaluation e = evaluate(0.3, Scores.constant(-9, -9, 2), Scores.constant(-20, -20, 3));
    assertEquals(Math.log(2), e.value(), 1e-15);
    assertArrayEquals(new double[] {-0.15, -0.15, 0.15, 0.15, 0.15}, e.gradient(), 1e-15);
  }

  /** h = (-4 + 5) - (-12 + 10) = 3; log(1 + exp(-0.1 x 3)) = 0.554355. */
  @Test
  void isOfSums() {
    Evaluation e = evaluate(0.1, Scores.constant(-4, -5, 2), Scores.constant(-12, -10, 4));
    assertEquals(Math.log(1 + Math.exp(-0.3)), e.value(), 1e-15);
    assertEquals(0.554355, e.value(), 1e-6);
    double slope = -0.1 / (1 + Math.exp(0.3)); // -beta sigmoid(-beta h), of every token
    assertArrayEquals(
        new double[] {slope, slope, -slope, -slope, -slope, -slope}, e.gradient(), 1e-15);
  }

  /** Far on the wrong side it is the margin itself: no infinity, and a whole beta of slope. */
  @Test
  void isLinearFarOnTheWrongSide() {
    Evaluation e = evaluate(0.1, Scores.constant(-10_001, -1, 1), Scores.constant(-1, -1, 1));
    assertEquals(1000, e.value());
    assertArrayEquals(new double[] {-0.1, 0.1}, e.gradient());
  }

  @Test
  void refusesABetaThatIsNotAboveZero() {
    for (double beta : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> new SigmoidLoss(beta)).getMessage();
      assertEquals("beta is " + beta + ", expected a number that is above 0", message);
    }
  }

  private static Evaluation evaluate(double beta, Scores chosen, Scores rejected) {
    return ScoredBatch.empty().pair(chosen, rejected).evaluate(Objective.of(new SigmoidLoss(beta)));
  }
}
