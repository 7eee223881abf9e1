package org.dpo4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.loss.AdaptiveLoss;
import org.dpo4j.loss.IpoLoss;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.SftLoss;
import org.dpo4j.loss.SigmoidLoss;
import org.dpo4j.loss.TransportLoss;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.Prompt;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.TestModels;
import org.dpo4j.training.TinyRuns.Trained;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The same step cut in other ways; numbers are in double precision, weights saved as float32. */
class EquivalencesTest {
  private static final Objective SIGMOID = Objective.of(new SigmoidLoss(0.1));
  private static final TrainingConfig TWICE = TinyRuns.CONFIG.withEpochs(2);

  @TempDir private Path directory;

  @BeforeEach
  void layTheModelDown() {
    TinyRuns.model(directory);
  }

  private Trained train(Objective objective, TrainingConfig config, List<PreferenceExample> rows) {
    return TinyRuns.train(directory, objective, config, rows);
  }

  private static void assertSame(Trained expected, Trained actual) {
    assertEquals(expected.steps().size(), actual.steps().size(), "steps");
    for (int i = 0; i < expected.steps().size(); i++) {
      Map<String, Double> metrics = actual.steps().get(i).metrics();
      assertEquals(expected.steps().get(i).metrics().keySet(), metrics.keySet());
      expected
          .steps()
          .get(i)
          .metrics()
          .forEach((k, v) -> assertEquals(v, metrics.get(k), 1e-9 * Math.max(1, Math.abs(v)), k));
    }
    for (Parameter p : expected.policy().transformer().parameters()) {
      double[] a = TestModels.numbers(p, expected.policy().weights());
      double[] b = TestModels.numbers(p, actual.policy().weights());
      for (int i = 0; i < a.length; i++) assertEquals(a[i], b[i], 1e-6, p.name());
    }
  }

  /** FIELD N05: 8 pairs, however the effective batch of 8 is cut. */
  @ParameterizedTest
  @CsvSource({"4, 2", "2, 4", "1, 8"})
  void accumulationEqualsTheBatch(int batch, int accumulate) {
    List<PreferenceExample> rows = TinyRuns.pairs(8);
    Trained whole = train(SIGMOID, TWICE.withBatchSize(8), rows);
    assertTrue(whole.metric(0, "grad_norm") > 1, "the clip at 1 cuts");
    assertEquals(2, whole.steps().size());
    assertSame(
        whole, train(SIGMOID, TWICE.withBatchSize(batch).withAccumulationSteps(accumulate), rows));
  }

  /** FIELD N05: 7 pairs in batches of 4 and 3 that weigh the same, which isn't a batch of 7. */
  @Test
  void aSmallerLastBatchWeighsAsMuchAsTheOthers() {
    List<PreferenceExample> rows = TinyRuns.pairs(7);
    Trained alone = train(SIGMOID, TinyRuns.CONFIG.withBatchSize(1).withLearningRate(0), rows);
    double[] losses = alone.steps().stream().mapToDouble(StepReport::loss).toArray();
    double first = (losses[0] + losses[1] + losses[2] + losses[3]) / 4;
    double second = (losses[4] + losses[5] + losses[6]) / 3;
    Trained uneven =
        train(SIGMOID, TinyRuns.CONFIG.withBatchSize(4).withAccumulationSteps(2), rows);
    assertEquals(1, uneven.steps().size());
    assertEquals((first + second) / 2, uneven.steps().get(0).loss(), 1e-12);
    Trained seven = train(SIGMOID, TinyRuns.CONFIG.withBatchSize(7), rows);
    assertNotEquals(uneven.steps().get(0).loss(), seven.steps().get(0).loss(), 1e-6);
    assertNotEquals(uneven.metric(0, "grad_norm"), seven.metric(0, "grad_norm"), 1e-6);
  }

  static Stream<Objective> objectives() {
    return Stream.of(
        new Objective(
            List.of(
                new Objective.Weighted(new SigmoidLoss(0.1), 1),
                new Objective.Weighted(new SftLoss(), 0.5)),
            List.of(),
            0.1),
        Objective.of(new IpoLoss(0.1)),
        Objective.of(new TransportLoss(0.1)),
        Objective.of(new AdaptiveLoss(0.1, 0.9)));
  }

  /** Row-wise losses, means over tokens, and batchwise ones with and without a memory. */
  @ParameterizedTest
  @MethodSource("objectives")
  void microBatchesEqualTheBatch(Objective objective) {
    List<PreferenceExample> rows = TinyRuns.pairs(7);
    TrainingConfig config = TWICE.withBatchSize(5).withAccumulationSteps(2);
    Trained whole = train(objective, config, rows);
    for (int size : new int[] {1, 2, 3, 5}) {
      assertSame(whole, train(objective, config.withMicroBatchSize(size), rows));
    }
  }

  @Test
  void anyOrderWithinABatchIsTheSame() {
    List<PreferenceExample> rows = TinyRuns.pairs(8);
    List<PreferenceExample> mixed = new ArrayList<>(rows.subList(0, 4));
    Collections.reverse(mixed);
    mixed.addAll(rows.subList(4, 8));
    Collections.swap(mixed, 5, 7);
    List<PreferenceExample> renumbered =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    new PreferenceExample(
                        i,
                        mixed.get(i).prompt(),
                        mixed.get(i).completions(),
                        mixed.get(i).judgement(),
                        Map.of()))
            .toList();
    TrainingConfig config = TWICE.withBatchSize(4);
    assertSame(train(SIGMOID, config, rows), train(SIGMOID, config, renumbered));
  }

  /** FIELD D05: a pair of two equal answers. */
  @Test
  void anIdenticalPairHasLossLn2AndNoGradient() {
    Completion same = Completion.of(TokenIds.of(5, 6, 7));
    Trained trained =
        train(
            SIGMOID,
            TinyRuns.CONFIG,
            List.of(PreferenceExample.pair(0, Prompt.of(TokenIds.of(3, 4)), same, same)));
    assertEquals(Math.log(2), trained.steps().get(0).loss(), 1e-12);
    assertEquals(0, trained.metric(0, "grad_norm"), 1e-12);
    assertEquals(0, trained.metric(0, "rewards/accuracies"), "a tie is no win");
  }
}
