package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.dpo4j.preference.Judgement;
import org.dpo4j.testkit.LossContract;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;

class SftLossTest extends LossContract {
  private static final Objective SFT = Objective.of(new SftLoss());

  @Override
  protected PreferenceLossFactory factory() {
    return new SftLoss.Factory();
  }

  /** A mean over all tokens, not of rows' means: (6 + 1) / (1 + 3) = 1.75, not (6 + 1/3) / 2. */
  @Test
  void isAMeanOverAllTokensOfTheBatch() {
    Evaluation e =
        ScoredBatch.empty()
            .with(Judgement.NONE, Scores.constant(-6, 0, 1))
            .with(Judgement.NONE, Scores.constant(-1, 0, 3))
            .evaluate(SFT);
    assertEquals(1.75, e.value(), 1e-15);
    assertArrayEquals(new double[] {-0.25, -0.25, -0.25, -0.25}, e.gradient(), 1e-15);
    assertEquals(Map.of("logps/chosen", -3.5), e.metrics().means());
  }

  /** A first token that nothing predicts has no log-prob, and is not counted. */
  @Test
  void leavesOutAFirstTokenWithoutPredecessor() {
    Scores two = new Scores(new double[] {-1, -3}, new double[2], true);
    assertEquals(2, ScoredBatch.empty().with(Judgement.NONE, two).evaluate(SFT).value());
  }

  /** Nothing to imitate, nothing to learn: no 0 / 0. */
  @Test
  void isZeroWithoutAScoredToken() {
    Scores none = new Scores(new double[0], new double[0], true);
    assertEquals(0, ScoredBatch.empty().with(Judgement.NONE, none).evaluate(SFT).value());
    Evaluation down =
        ScoredBatch.empty()
            .with(new Judgement.Thumb(false), Scores.constant(-1, -2, 2))
            .evaluate(SFT);
    assertEquals(0, down.value());
    assertArrayEquals(new double[2], down.gradient());
  }

  /** On pairs it imitates the chosen side; what it logs is what DPO logs. */
  @Test
  void seesTheChosenSideOfPairs() {
    Evaluation e =
        ScoredBatch.empty()
            .pair(Scores.constant(-4, -5, 2), Scores.constant(-12, -10, 4))
            .evaluate(SFT);
    assertEquals(2, e.value(), 1e-15);
    assertArrayEquals(new double[] {-0.5, -0.5, 0, 0, 0, 0}, e.gradient(), 1e-15);
    assertEquals(0.1, e.metrics().means().get("rewards/chosen"), 1e-15);
    assertEquals(-0.2, e.metrics().means().get("rewards/rejected"), 1e-15);
  }
}
