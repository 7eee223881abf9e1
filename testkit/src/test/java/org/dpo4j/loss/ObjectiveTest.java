package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.loss.Objective.Weighted;
import org.dpo4j.preference.Judgement;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

class ObjectiveTest {
  /** FIELD N07's pair: h = (-4 + 5) - (-12 + 10) = 3; of means 0.5 + 0.5 = 1. */
  private static final ScoredBatch PAIR =
      ScoredBatch.empty().pair(Scores.constant(-4, -5, 2), Scores.constant(-12, -10, 4));

  /** FIELD N07: in a mix each loss keeps its own mean, and what is logged stays sums. */
  @Test
  void lossesOfAMixKeepTheirOwnMeans() {
    Evaluation mixed = PAIR.evaluate(mix(new IpoLoss(0.1), 1, new SigmoidLoss(0.1), 1));
    assertEquals(16 + Math.log(1 + Math.exp(-0.3)), mixed.value(), 1e-12);
    assertEquals(16.554355, mixed.value(), 1e-6);
    assertEquals(
        Map.of(
            "logps/chosen", -4.0,
            "logps/rejected", -12.0,
            "rewards/accuracies", 1.0,
            "rewards/chosen", 0.1,
            "rewards/margins", 0.1 + 0.2,
            "rewards/rejected", -0.2),
        mixed.metrics().means());
  }

  /** Weights multiply means: 2 x 16 of the pair, and a quarter of 4 / 2 of its chosen tokens. */
  @Test
  void weightsMultiplyMeans() {
    Evaluation e = PAIR.evaluate(mix(new IpoLoss(0.1), 2, new SftLoss(), 0.25));
    assertEquals(2 * 16 + 0.25 * 2, e.value(), 1e-12);
    double[] ofIpo = {-4, -4, 2, 2, 2, 2};
    double[] ofSft = {-0.5, -0.5, 0, 0, 0, 0};
    double[] expected = new double[6];
    for (int t = 0; t < 6; t++) expected[t] = 2 * ofIpo[t] + 0.25 * ofSft[t];
    assertArrayEquals(expected, e.gradient(), 1e-12);
  }

  /** FIELD D05: chosen and rejected are the same, so what one pushes up the other pushes down. */
  @Test
  void aPairOfEqualsTeachesNothing() {
    Scores same = new Scores(new double[] {-1, -2.5}, new double[] {-1.2, -2});
    Evaluation e = ScoredBatch.empty().pair(same, same).evaluate(Objective.of(new SigmoidLoss(1)));
    assertEquals(Math.log(2), e.value(), 1e-15);
    for (int t = 0; t < 2; t++)
      assertEquals(0, e.gradient()[t] + e.gradient()[2 + t], "token " + t);
    assertEquals(0, e.metrics().means().get("rewards/margins"));
    assertEquals(0, e.metrics().means().get("rewards/accuracies"), "no strict win");
  }

  /** Those of a view's first completion, as often as the loss sees it; of a label, if good. */
  @Test
  void chosenTokensAreCountedAsOftenAsTheyAreSeen() {
    Scores one = Scores.constant(-1, -1, 1);
    Scores two = Scores.constant(-1, -1, 2);
    Scores four = Scores.constant(-1, -1, 4);
    ScoredBatch ranking =
        ScoredBatch.empty().with(new Judgement.Order(List.of(0, 1, 2)), one, two, four);
    Objective comparing = mix(new SigmoidLoss(0.1), 1, new SftLoss(), 1);
    assertEquals( // one > two, one > four, two > four; the best is imitated once
        List.of(new BatchCounts.OfLoss(3, 1 + 1 + 2), new BatchCounts.OfLoss(1, 1)),
        comparing.count(ranking.examples()).losses());
    ScoredBatch thumbs =
        ScoredBatch.empty()
            .with(new Judgement.Thumb(true), four)
            .with(new Judgement.Thumb(false), two);
    assertEquals(
        List.of(new BatchCounts.OfLoss(2, 4)),
        Objective.of(new LabelLoss()).count(thumbs.examples()).losses());
  }

  private record LabelLoss() implements RowLoss<Labelled> {
    @Override
    public Class<Labelled> view() {
      return Labelled.class;
    }

    @Override
    public LossValue evaluate(Labelled labelled) {
      return LossValue.of(labelled.completion().logRatio());
    }
  }

  /** A batchwise loss beside row-wise ones: all or nothing is split. */
  @Test
  void oneBatchwiseLossMakesTheObjectiveBatchwise() {
    assertTrue(mix(new IpoLoss(0.1), 1, new SftLoss(), 1).rowWise());
    Objective mixed = mix(new TransportLoss(0.1), 1, new SftLoss(), 1);
    assertFalse(mixed.rowWise());
    ScoredBatch two = PAIR.pair(Scores.constant(-1, -1, 1), Scores.constant(-1, -1, 1));
    BatchCounts counts = mixed.count(two.examples());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> PAIR.evaluate(mixed, PAIR.policy(), counts, mixed.initialStates()));
    assertEquals(
        "1 of the 2 examples of a per-device batch: a batchwise loss needs all at once",
        e.getMessage());
  }

  @Test
  void betaIsTheLossesOwnOrTrls() {
    assertEquals(0.7, Objective.of(new SigmoidLoss(0.7)).beta());
    assertEquals(0.1, Objective.of(new SftLoss()).beta());
    assertEquals(0.7, Objective.beta(List.of(new SftLoss(), new SigmoidLoss(0.7))));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> mix(new SigmoidLoss(0.7), 1, new HingeLoss(0.5), 1));
    assertEquals("the loss hinge has beta 0.5 in a run with beta 0.7", e.getMessage());
  }

  @Test
  void eachLossIsThereOnce() {
    assertThrows(
        IllegalArgumentException.class,
        () -> mix(new SigmoidLoss(0.7), 1, new SigmoidLoss(0.7), 2));
    assertThrows(IllegalArgumentException.class, () -> new Objective(List.of(), List.of(), 0.1));
    assertThrows(IllegalArgumentException.class, () -> new Weighted(new SftLoss(), Double.NaN));
  }

  /** A loss reads it, or completions were compared and their rewards are to be logged. */
  @Test
  void referenceIsNeededByLossesAndByMetrics() {
    Scores any = Scores.constant(-1, -1, 1);
    TokenizedExample pair = PAIR.examples().get(0);
    TokenizedExample thumb = example(new Judgement.Thumb(true), any);
    TokenizedExample none = example(Judgement.NONE, any);
    Objective sigmoid = Objective.of(new SigmoidLoss(0.1));
    Objective sft = Objective.of(new SftLoss());
    Objective own = Objective.of(new LikelihoodLoss(0.1));
    assertTrue(sigmoid.needsReference(pair));
    assertTrue(sft.needsReference(pair));
    assertFalse(sft.needsReference(thumb));
    assertFalse(sft.needsReference(none));
    assertFalse(own.needsReference(pair));
    assertTrue(mix(new LikelihoodLoss(0.1), 1, new HingeLoss(0.1), 1).needsReference(pair));
    assertFalse(sft.requirements().reference());
    assertTrue(sigmoid.requirements().reference());
  }

  @Test
  void referenceThatALossReadsMustBeThere() {
    Objective sigmoid = Objective.of(new SigmoidLoss(0.1));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            sigmoid.evaluate(
                PAIR.examples(),
                new TokenScores(PAIR.policy(), Map.of()),
                null,
                sigmoid.count(PAIR.examples()),
                sigmoid.initialStates()));
  }

  /** One log-prob too few, or too many, is a mistake of who calls. */
  @Test
  void logProbsMustFitTheExamples() {
    Objective sft = Objective.of(new SftLoss());
    for (int length : new int[] {5, 7}) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  PAIR.evaluate(
                      sft, new double[length], sft.count(PAIR.examples()), sft.initialStates()));
      assertEquals("the policy has " + length + " log-probs for 6 predictions", e.getMessage());
    }
  }

  private static TokenizedExample example(Judgement judgement, Scores scores) {
    return ScoredBatch.empty().with(judgement, scores).examples().get(0);
  }

  private static Objective mix(
      PreferenceLoss<?> one, double weight, PreferenceLoss<?> other, double otherWeight) {
    List<Weighted> losses = List.of(new Weighted(one, weight), new Weighted(other, otherWeight));
    return new Objective(losses, List.of(), Objective.beta(List.of(one, other)));
  }
}
