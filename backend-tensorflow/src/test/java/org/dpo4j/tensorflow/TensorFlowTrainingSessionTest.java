package org.dpo4j.tensorflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.backend.TrainingSession.Kind;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fast ways against plain ones. */
class TensorFlowTrainingSessionTest {
  private static final Set<HeadStatistic> ALL = EnumSet.allOf(HeadStatistic.class);
  private static final WeightSource WEIGHTS = TestModels.weights(5);

  static Stream<String> models() {
    return TestModels.llamas().keySet().stream();
  }

  private static TrainingSession open(CausalTransformer model, int threads, boolean recomputes) {
    SessionOptions options =
        SessionOptions.defaults()
            .withThreads(threads)
            .withActivationBytes(recomputes ? 0 : Long.MAX_VALUE);
    return new TensorFlowBackend()
        .openTraining(model, WEIGHTS, options, OptimizerOptions.defaults());
  }

  private static Batch mixed(CausalTransformer model, long seed) {
    return model.batch(new TestExamples(seed, model.vocabulary()).mixed());
  }

  /** Forward and backward; returns the log-probs. */
  private static double[] accumulate(
      TrainingSession session, Batch batch, Set<HeadStatistic> wanted) {
    int predictions = batch.layout().length(Axis.PREDICTIONS);
    try (ForwardPass pass = session.forward(batch, wanted)) {
      pass.backward(new Random(1).doubles(predictions, -1, 1).toArray());
      return pass.scores().logProbs();
    }
  }

  private static double[] gradient(TrainingSession session, Parameter p) {
    return TestModels.numbers(p, (of, blocks) -> session.read(Kind.GRADIENT, of, blocks));
  }

  private static void assertSameGradients(
      CausalTransformer model, TrainingSession expected, TrainingSession actual, String what) {
    for (Parameter p : model.parameters()) {
      double[] values = gradient(expected, p);
      double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
      double tolerance = 2e-5 * Math.max(1, largest);
      assertArrayEquals(values, gradient(actual, p), tolerance, what + " " + p);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void partsSideBySideAreTheWhole(String name) {
    CausalTransformer model = TestModels.llamas().get(name);
    Batch batch = mixed(model, 11);
    try (TrainingSession alone = open(model, 1, false)) {
      double[] expected = accumulate(alone, batch, Set.of());
      accumulate(alone, mixed(model, 12), Set.of());
      for (int threads : new int[] {2, 3, 16}) {
        for (boolean recomputes : new boolean[] {false, true}) {
          try (TrainingSession crew = open(model, threads, recomputes)) {
            assertArrayEquals(expected, accumulate(crew, batch, Set.of()), 2e-5);
            assertArrayEquals(expected, crew.score(batch, ALL).logProbs(), 2e-5);
            accumulate(crew, mixed(model, 12), Set.of());
            assertSameGradients(model, alone, crew, threads + " threads");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void theHeadInChunksIsTheWholeHead(String name) {
    CausalTransformer model = TestModels.llamas().get(name);
    Batch batch = mixed(model, 11);
    try (TrainingSession whole = open(model, 1, false);
        TrainingSession chunked = open(model, 1, false)) {
      // Statistics are told of chunks.
      assertArrayEquals(accumulate(whole, batch, Set.of()), accumulate(chunked, batch, ALL), 2e-5);
      assertSameGradients(model, whole, chunked, "chunks");
    }
  }

  @Test
  void gradientsOfMoreAndFewerPartsAddUp() {
    CausalTransformer model = TestModels.llama();
    List<Batch> batches =
        List.of(
            model.batch(List.of(new TestExamples(1, model.vocabulary()).example(5, 4, 3))),
            mixed(model, 2),
            model.batch(List.of(new TestExamples(3, model.vocabulary()).example(2, 6, 1))));
    try (TrainingSession alone = open(model, 1, false);
        TrainingSession crew = open(model, 3, false)) {
      for (int step = 0; step < 2; step++) {
        for (Batch batch : batches) {
          accumulate(alone, batch, Set.of());
          accumulate(crew, batch, Set.of());
        }
        assertSameGradients(model, alone, crew, "step " + step);
        double norm = alone.apply(1e-4);
        assertEquals(norm, crew.apply(1e-4), 1e-4 * norm);
      }
      accumulate(crew, batches.get(1), Set.of());
      crew.discard();
      assertEquals(0, crew.apply(1));
    }
  }

  @Test
  void partsSideBySideGiveTheSameBitsEachTime() {
    double[] first = trained();
    for (int i = 0; i < 3; i++) assertArrayEquals(first, trained());
  }

  private static double[] trained() {
    CausalTransformer model = TestModels.llama();
    try (TrainingSession session = open(model, 3, false)) {
      for (int step = 0; step < 20; step++) {
        accumulate(session, mixed(model, step), Set.of());
        accumulate(session, mixed(model, step + 50), Set.of());
        session.apply(1e-3);
      }
      return session.score(mixed(model, 99), Set.of()).logProbs();
    }
  }
}
