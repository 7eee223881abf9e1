package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.dpo4j.testkit.LossContract;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;

/** What has a memory has a place. */
class AdaptiveLossTest extends LossContract {
  @Override
  protected PreferenceLossFactory factory() {
    return new AdaptiveLoss.Factory();
  }

  /** Through the adapted beta no gradient goes. */
  @Override
  protected PreferenceLoss<?> heldAt(PreferenceLoss<?> loss, Evaluation at) {
    return new SigmoidLoss(at.metrics().means().get("beta"));
  }

  /** Each batch is DPO at the adapted beta, through which no gradient goes. */
  @Test
  void isDpoAtTheAdaptedBeta() {
    Evaluation e = BATCH.evaluate(ADAPTIVE);
    double adapted = 0.1 * Math.exp(Math.tanh(0.2)); // mean margin 2, running mean 0
    Evaluation dpo = BATCH.evaluate(Objective.of(new SigmoidLoss(adapted)));
    assertEquals(dpo.value(), e.value(), 1e-15);
    assertArrayEquals(dpo.gradient(), e.gradient(), 1e-15);
    assertEquals(adapted, e.metrics().means().get("beta"), 1e-15);
  }

  /** The same batch again: running means 0, then 0.1 x 0.2, then 0.9 x 0.02 + 0.1 x 0.2. */
  @Test
  void stateAdvancesOncePerBatch() {
    Map<String, LossState> states = ADAPTIVE.initialStates();
    assertEquals(Map.of("adaptive", LossState.EMPTY), states);
    for (double mean : new double[] {0.02, 0.038}) {
      BatchCounts counts = ADAPTIVE.count(BATCH.examples());
      Evaluation e = BATCH.evaluate(ADAPTIVE, BATCH.policy(), counts, states);
      states = e.states();
      assertEquals(mean, states.get("adaptive").get("mean", Double.NaN), 1e-15);
    }
  }

  private static final Objective ADAPTIVE = Objective.of(new AdaptiveLoss(0.1, 0.9));

  /** Margins 3 and 1. */
  private static final ScoredBatch BATCH =
      ScoredBatch.empty()
          .pair(Scores.constant(-4, -5, 2), Scores.constant(-12, -10, 4))
          .pair(Scores.constant(-4, -5, 2), Scores.constant(-10, -10, 1));
}
