package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.loss.Objective.Weighted;
import org.dpo4j.preference.Judgement;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;

/** What is logged of a per-device batch, under TRL's keys. */
class MetricsTest {
  private static final Objective SIGMOID = Objective.of(new SigmoidLoss(0.5));

  /** Log-ratios 1 and -2, then -1 and -1: rewards are half of them, and a tie is no win. */
  private static final ScoredBatch PAIRS =
      ScoredBatch.empty()
          .pair(Scores.constant(-4, -5, 2), Scores.constant(-12, -10, 4))
          .pair(Scores.constant(-2, -1, 1), Scores.constant(-3, -2, 1));

  @Test
  void ofPairs() {
    assertMeans(
        PAIRS.evaluate(SIGMOID),
        Map.of(
            "logps/chosen", -3.0,
            "logps/rejected", -7.5,
            "rewards/chosen", 0.0,
            "rewards/rejected", -0.75,
            "rewards/margins", 0.75,
            "rewards/accuracies", 0.5));
  }

  /** The run's beta scales rewards where no loss has one; without a reference there are none. */
  @Test
  void ofALossWithoutReference() {
    Objective sft = new Objective(List.of(new Weighted(new SftLoss(), 1)), List.of(), 0.5);
    assertMeans(PAIRS.evaluate(sft), PAIRS.evaluate(SIGMOID).metrics().means());
    Evaluation minimal =
        sft.evaluate(
            PAIRS.examples(),
            new TokenScores(PAIRS.policy(), Map.of()),
            null,
            sft.count(PAIRS.examples()),
            sft.initialStates());
    assertMeans(minimal, Map.of("logps/chosen", -3.0, "logps/rejected", -7.5));
  }

  /** Thumbs: a side that is not there is left out, and so are margins; no comparison is counted. */
  @Test
  void ofThumbs() {
    Probe labelled = new Probe();
    ScoredBatch up =
        ScoredBatch.empty()
            .with(new Judgement.Thumb(true), Scores.constant(-4, -5, 2))
            .with(new Judgement.Thumb(true), Scores.constant(-4, -8, 2));
    assertMeans(
        up.evaluate(Objective.of(labelled)),
        Map.of("logps/chosen", -4.0, "rewards/chosen", 0.1 * 2.5, "probe", 2.0));
    ScoredBatch both = up.with(new Judgement.Thumb(false), Scores.constant(-3, -1, 2));
    assertMeans(
        both.evaluate(Objective.of(labelled)),
        Map.of(
            "logps/chosen",
            -4.0,
            "logps/rejected",
            -3.0,
            "rewards/chosen",
            0.1 * 2.5,
            "rewards/rejected",
            -0.1 * 2,
            "rewards/margins",
            0.1 * 4.5,
            "probe",
            2.0));
  }

  /** With three completions rewards are means over comparisons, log-probs over completions. */
  @Test
  void ofRankings() {
    ScoredBatch ranking =
        ScoredBatch.empty()
            .with(
                new Judgement.Order(List.of(0, 1, 2)),
                Scores.constant(-1, -4, 1), // log-ratio 3
                Scores.constant(-2, -2, 1), // 0
                Scores.constant(-3, -2, 1)); // -1
    assertMeans(
        ranking.evaluate(Objective.of(new SigmoidLoss(1))),
        Map.of(
            "logps/chosen",
            -1.0,
            "logps/rejected",
            -2.5,
            "rewards/chosen",
            (3.0 + 3 + 0) / 3,
            "rewards/rejected",
            (0.0 - 1 - 1) / 3,
            "rewards/margins",
            8.0 / 3,
            "rewards/accuracies",
            1.0));
  }

  /** The first loss that reads the reference or brings rewards decides whose are logged. */
  @Test
  void ofALossWithItsOwnRewards() {
    LikelihoodLoss own = new LikelihoodLoss(0.5);
    SigmoidLoss sigmoid = new SigmoidLoss(0.5);
    Map<String, Double> means =
        Map.of(
            "logps/chosen", -3.0,
            "logps/rejected", -7.5,
            "rewards/chosen", 0.5 * (-2 - 2) / 2,
            "rewards/rejected", 0.5 * (-3 - 3) / 2,
            "rewards/margins", 0.5,
            "rewards/accuracies", 1.0);
    assertMeans(PAIRS.evaluate(Objective.of(own)), means);
    assertMeans(PAIRS.evaluate(mix(new SftLoss(), own)), means);
    assertMeans(PAIRS.evaluate(mix(own, sigmoid)), means);
    assertMeans(PAIRS.evaluate(mix(sigmoid, own)), PAIRS.evaluate(SIGMOID).metrics().means());
  }

  /** Modifiers: sums that losses see are those that are logged; a divergence is not. */
  @Test
  void ofModifiedExamples() {
    List<Weighted> losses = List.of(new Weighted(new SigmoidLoss(0.5), 1));
    ScoredBatch pair =
        ScoredBatch.empty().pair(Scores.constant(-4, -6, 2), Scores.constant(-12, -8, 4));
    Objective halved = new Objective(losses, List.of(TestModifiers.lengthDesensitised(0)), 0.5);
    // of the rejected side two tokens of four: -6 of the policy, -4 of the reference
    Evaluation e = pair.evaluate(halved);
    assertEquals(Math.log(1 + Math.exp(-0.5 * (2 + 2))), e.value(), 1e-12);
    assertEquals(-6, e.metrics().means().get("logps/rejected"), 1e-12);
    assertEquals(0.5 * -2, e.metrics().means().get("rewards/rejected"), 1e-12);
    Objective forward =
        new Objective(losses, List.of(TestModifiers.divergence(TestModifiers::forwardKl)), 0.5);
    Evaluation f = pair.evaluate(forward);
    double margin = (1 - Math.exp(-2)) - (1 - Math.exp(4));
    assertEquals(Math.log(1 + Math.exp(-0.5 * margin)), f.value(), 1e-12);
    assertEquals(0.5 * (2 + 4), f.metrics().means().get("rewards/margins"), 1e-12);
  }

  /** Logs a number of its own; takes whatever was judged. */
  private record Probe() implements RowLoss<Labelled> {
    @Override
    public Class<Labelled> view() {
      return Labelled.class;
    }

    @Override
    public LossValue evaluate(Labelled labelled) {
      return LossValue.of(labelled.completion().logRatio()).withMetric("probe", 2);
    }
  }

  private static Objective mix(PreferenceLoss<?> one, PreferenceLoss<?> other) {
    return new Objective(List.of(new Weighted(one, 1), new Weighted(other, 1)), List.of(), 0.5);
  }

  private static void assertMeans(Evaluation evaluation, Map<String, Double> expected) {
    Map<String, Double> means = evaluation.metrics().means();
    assertEquals(new TreeMap<>(expected).keySet(), means.keySet());
    expected.forEach((key, value) -> assertEquals(value, means.get(key), 1e-12, key));
  }
}
