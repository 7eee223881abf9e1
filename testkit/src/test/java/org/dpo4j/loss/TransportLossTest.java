package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.dpo4j.testkit.LossContract;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;

/** What needs the whole per-device batch has a place. */
class TransportLossTest extends LossContract {
  @Override
  protected PreferenceLossFactory factory() {
    return new TransportLoss.Factory();
  }

  /**
   * The policy's margins are 3 and 1, the reference's -1 and 1; sorted, 1 meets -1 and 3 meets 1:
   * both differ by 2. Row by row they would differ by 4 and 0.
   */
  @Test
  void seesTheWholeBatch() {
    ScoredBatch batch =
        ScoredBatch.empty()
            .pair(Scores.constant(-1, -2, 1), Scores.constant(-4, -1, 1))
            .pair(Scores.constant(-3, -4, 1), Scores.constant(-4, -5, 1));
    Objective objective = Objective.of(new TransportLoss(0.5));
    assertFalse(objective.rowWise());
    assertEquals(
        new BatchCounts(2, List.of(new BatchCounts.OfLoss(1, 2))),
        objective.count(batch.examples()));
    Evaluation e = batch.evaluate(objective);
    assertEquals(Math.log(1 + Math.exp(-1)), e.value(), 1e-15);
    double slope = -0.5 / (1 + Math.exp(1)) / 2;
    assertArrayEquals(new double[] {slope, -slope, slope, -slope}, e.gradient(), 1e-15);
  }
}
