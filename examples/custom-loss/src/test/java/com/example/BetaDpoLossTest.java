package com.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.dpo4j.loss.Evaluation;
import org.dpo4j.loss.LossState;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.PreferenceLoss;
import org.dpo4j.loss.PreferenceLossFactory;
import org.dpo4j.loss.SigmoidLoss;
import org.dpo4j.testkit.LossContract;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;

class BetaDpoLossTest extends LossContract {
  /** Margins 3 and 1: a gap of 2. */
  private static final ScoredBatch BATCH =
      ScoredBatch.empty()
          .pair(Scores.constant(-4, -5, 2), Scores.constant(-12, -10, 4))
          .pair(Scores.constant(-4, -5, 2), Scores.constant(-10, -10, 1));

  @Override
  protected PreferenceLossFactory factory() {
    return new BetaDpoLoss.Factory();
  }

  /** Once its beta is known, it is DPO. */
  @Override
  protected PreferenceLoss<?> heldAt(PreferenceLoss<?> loss, Evaluation at) {
    return new SigmoidLoss(at.metrics().means().get("beta_dpo/beta"));
  }

  /** The usual gap is 0.1 x 2 after one batch, 0.9 x 0.2 + 0.1 x 2 after two. */
  @Test
  void betaFollowsTheGap() {
    Objective objective = Objective.of(new BetaDpoLoss(0.1, 0.6, 0.9));
    Map<String, LossState> states = objective.initialStates();
    for (double usual : new double[] {0.2, 0.38}) {
      Evaluation e =
          BATCH.evaluate(objective, BATCH.policy(), objective.count(BATCH.examples()), states);
      states = e.states();
      assertEquals(usual, states.get("beta_dpo").get("gap", Double.NaN), 1e-15);
      Evaluation dpo =
          BATCH.evaluate(Objective.of(new SigmoidLoss(0.1 * (1 + 0.6 * (2 - usual)))));
      assertEquals(dpo.value(), e.value(), 1e-15);
      assertArrayEquals(dpo.gradient(), e.gradient(), 1e-15);
    }
  }

  /** A gap of -45: beta would fall to 0.1 x (1 - 0.6 x 40.5). */
  @Test
  void betaStaysAboveZero() {
    ScoredBatch lost =
        ScoredBatch.empty().pair(Scores.constant(-50, -5, 2), Scores.constant(-4, -4, 2));
    Evaluation e = lost.evaluate(Objective.of(new BetaDpoLoss(0.1, 0.6, 0.9)));
    assertEquals(Math.log1p(Math.exp(0.045)), e.value(), 1e-15);
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new BetaDpoLoss(0, 0.6, 0.9));
    assertThrows(IllegalArgumentException.class, () -> new BetaDpoLoss(0.1, -1, 0.9));
    assertThrows(IllegalArgumentException.class, () -> new BetaDpoLoss(0.1, 0.6, 1));
  }
}
