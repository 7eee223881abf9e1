package org.dpo4j.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training sessions against the plain backend, and against themselves done another way. */
class DjlTrainingSessionTest {
  private static final SessionOptions ONE_THREAD = SessionOptions.defaults().withThreads(1);
  private static final Set<HeadStatistic> ALL = EnumSet.allOf(HeadStatistic.class);
  private static final WeightSource WEIGHTS = TestModels.weights(5);

  /**
   * Everything that the optimizer can do: other betas than the default, decay, a clip that cuts.
   */
  private static final OptimizerOptions OPTIMIZER = new OptimizerOptions(0.8, 0.95, 1e-6, 0.1, 0.5);

  private final CausalTransformer model = TestModels.llama();

  static Stream<String> models() {
    return TestModels.llamas().keySet().stream();
  }

  private static TrainingSession inDouble(CausalTransformer model, int headChunk) {
    return inDouble(model, headChunk, 1, false);
  }

  private static TrainingSession inDouble(
      CausalTransformer model, int headChunk, int threads, boolean recomputes) {
    return new DjlTrainingSession(
        model,
        WEIGHTS,
        ONE_THREAD.withThreads(threads).withActivationBytes(recomputes ? 0 : Long.MAX_VALUE),
        OPTIMIZER,
        DataType.FLOAT64,
        headChunk);
  }

  private TrainingSession inFloat() {
    return inFloat(1);
  }

  private TrainingSession inFloat(int threads) {
    return new DjlBackend()
        .openTraining(model, WEIGHTS, ONE_THREAD.withThreads(threads), OPTIMIZER);
  }

  private static TrainingSession plain(CausalTransformer model) {
    return new PlainBackend().openTraining(model, WEIGHTS, ONE_THREAD, OPTIMIZER);
  }

  private static Batch mixed(CausalTransformer model, long seed) {
    return model.batch(new TestExamples(seed, model.vocabulary()).mixed());
  }

  private static double[] upstream(Batch batch, long seed) {
    return new Random(seed).doubles(batch.layout().length(Axis.PREDICTIONS), -1, 1).toArray();
  }

  /** Forward and backward; returns the log-probs. */
  private static double[] accumulate(TrainingSession session, Batch batch, double[] upstream) {
    try (ForwardPass pass = session.forward(batch, Set.of())) {
      pass.backward(upstream);
      return pass.scores().logProbs();
    }
  }

  private static double[] values(TrainingSession session, Kind kind, Parameter p) {
    return TestModels.numbers(p, (parameter, blocks) -> session.read(kind, parameter, blocks));
  }

  private static void assertSameState(
      CausalTransformer model,
      TrainingSession expected,
      TrainingSession actual,
      double tolerance,
      Kind... kinds) {
    for (Kind kind : kinds) {
      for (Parameter p : model.parameters()) {
        double[] values = values(expected, kind, p);
        double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
        assertArrayEquals(
            values, values(actual, kind, p), tolerance * Math.max(1, largest), kind + " " + p);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void scoresAndGradientsAreThePlainBackends(String name) {
    CausalTransformer llama = TestModels.llamas().get(name);
    Batch batch = mixed(llama, 11);
    try (TrainingSession djl = inDouble(llama, 5);
        TrainingSession plain = plain(llama);
        ForwardPass actual = djl.forward(batch, ALL);
        ForwardPass expected = plain.forward(batch, ALL)) {
      assertArrayEquals(expected.scores().logProbs(), actual.scores().logProbs(), 1e-10);
      for (HeadStatistic s : ALL) {
        assertArrayEquals(
            expected.scores().statistics().get(s),
            actual.scores().statistics().get(s),
            1e-10,
            s.name());
      }
      assertArrayEquals(expected.scores().logProbs(), djl.score(batch, ALL).logProbs(), 1e-10);
      actual.backward(upstream(batch, 1));
      expected.backward(upstream(batch, 1));
      // read out as float32
      assertSameState(llama, plain, djl, 1e-7, Kind.GRADIENT);
    }
  }

  @Test
  void tenStepsAreThePlainBackends() {
    try (TrainingSession exact = inDouble(model, 100);
        TrainingSession single = inFloat();
        TrainingSession plain = plain(model)) {
      for (int step = 0; step < 10; step++) {
        for (int part = 0; part < 2; part++) {
          Batch batch = mixed(model, 100 + 2 * step + part);
          double[] upstream = upstream(batch, step);
          double[] expected = accumulate(plain, batch, upstream);
          assertArrayEquals(expected, accumulate(exact, batch, upstream), 1e-9);
          assertArrayEquals(expected, accumulate(single, batch, upstream), 2e-4);
        }
        double norm = plain.apply(1e-3);
        assertEquals(norm, exact.apply(1e-3), 1e-9 * norm);
        assertEquals(norm, single.apply(1e-3), 1e-4 * norm);
      }
      assertSameState(model, plain, exact, 1e-7, Kind.values());
      assertSameState(model, plain, single, 2e-5, Kind.WEIGHT, Kind.FIRST_MOMENT);
      assertEquals(10, exact.steps());
    }
  }

  @Test
  void microBatchesAddUpToTheWhole() {
    List<TokenizedExample> examples = new TestExamples(11, model.vocabulary()).mixed();
    Batch whole = model.batch(examples);
    double[] upstream = upstream(whole, 1);
    try (TrainingSession once = inDouble(model, 100);
        TrainingSession inParts = inDouble(model, 100)) {
      double[] expected = accumulate(once, whole, upstream);
      int from = 0;
      for (TokenizedExample e : examples) {
        int to = from + e.predictions();
        double[] part =
            accumulate(inParts, model.batch(List.of(e)), Arrays.copyOfRange(upstream, from, to));
        assertArrayEquals(Arrays.copyOfRange(expected, from, to), part, 1e-12);
        from = to;
      }
      assertSameState(model, once, inParts, 1e-7, Kind.GRADIENT);
      inParts.discard();
      assertEquals(0, inParts.apply(1));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void theHeadInChunksIsTheWholeHead(String name) {
    CausalTransformer llama = TestModels.llamas().get(name);
    Batch batch = mixed(llama, 11);
    double[] upstream = upstream(batch, 1);
    try (TrainingSession whole = inDouble(llama, 1000)) {
      double[] expected = accumulate(whole, batch, upstream);
      for (int chunk : new int[] {1, 3, 7}) {
        try (TrainingSession chunked = inDouble(llama, chunk)) {
          assertArrayEquals(expected, accumulate(chunked, batch, upstream), 1e-12);
          assertSameState(llama, whole, chunked, 1e-7, Kind.GRADIENT);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void partsSideBySideAreTheWhole(String name) {
    CausalTransformer llama = TestModels.llamas().get(name);
    Batch batch = mixed(llama, 11);
    double[] upstream = upstream(batch, 1);
    try (TrainingSession alone = inDouble(llama, 5)) {
      double[] expected = accumulate(alone, batch, upstream);
      for (int threads : new int[] {2, 3, 16}) {
        try (TrainingSession crew = inDouble(llama, 5, threads, false)) {
          assertArrayEquals(expected, accumulate(crew, batch, upstream), 1e-12);
          assertArrayEquals(expected, crew.score(batch, ALL).logProbs(), 1e-12);
          assertSameState(llama, alone, crew, 1e-7, Kind.GRADIENT);
        }
      }
    }
  }

  @Test
  void partsSideBySideGiveTheSameBitsEachTime() {
    double[] first = trained(inFloat(3));
    for (int i = 0; i < 3; i++) assertArrayEquals(first, trained(inFloat(3)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void stagesMadeAgainAreStagesKept(String name) {
    CausalTransformer llama = TestModels.llamas().get(name);
    Batch batch = mixed(llama, 11);
    double[] upstream = upstream(batch, 1);
    try (TrainingSession kept = inDouble(llama, 5);
        TrainingSession again = inDouble(llama, 5, 1, true)) {
      assertArrayEquals(accumulate(kept, batch, upstream), accumulate(again, batch, upstream));
      assertSameState(llama, kept, again, 0, Kind.GRADIENT);
    }
  }

  @Test
  void anotherSessionGoesOnWithTheState() {
    try (TrainingSession first = inFloat();
        TrainingSession second = inFloat()) {
      Batch batch = mixed(model, 1);
      accumulate(first, batch, upstream(batch, 1));
      first.apply(1e-2);
      accumulate(first, batch, upstream(batch, 2)); // a gradient is under way
      for (Kind kind : Kind.values()) {
        for (Parameter p : model.parameters()) {
          second.write(kind, p, (parameter, blocks) -> first.read(kind, parameter, blocks));
        }
      }
      second.steps(first.steps());
      for (int step = 0; step < 2; step++) {
        assertArrayEquals(
            accumulate(first, batch, upstream(batch, 3)),
            accumulate(second, batch, upstream(batch, 3)));
        assertEquals(first.apply(1e-2), second.apply(1e-2));
      }
      assertSameState(model, first, second, 0, Kind.values());
    }
  }

  @Test
  void takesNoStepWhereTheGradientIsNotFinite() {
    try (TrainingSession session = inFloat();
        TrainingSession untouched = inFloat()) {
      Batch batch = mixed(model, 1);
      double[] upstream = upstream(batch, 1);
      upstream[0] = Double.POSITIVE_INFINITY;
      accumulate(session, batch, upstream);
      assertEquals(false, Double.isFinite(session.apply(1)));
      assertEquals(0, session.steps());
      assertSameState(model, untouched, session, 0, Kind.values());
    }
  }

  @Test
  void nothingToPredictIsNothingToDo() {
    TestExamples examples = new TestExamples(1, model.vocabulary());
    Batch empty = model.batch(List.of(examples.example(0, 1)));
    try (TrainingSession session = inFloat()) {
      assertEquals(0, session.score(empty, ALL).logProbs().length);
      assertEquals(0, accumulate(session, empty, new double[0]).length);
      assertEquals(0, session.apply(1));
    }
  }

  @Test
  void sessionsOnTwoThreadsDontDisturbEachOther() throws Exception {
    double[] alone = trained(inFloat());
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      // opened here, used there
      List<Future<double[]>> results = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        TrainingSession session = inFloat();
        Callable<double[]> work = () -> trained(session);
        results.add(threads.submit(work));
      }
      for (Future<double[]> result : results) assertArrayEquals(alone, result.get());
    } finally {
      threads.shutdown();
    }
  }

  /** Trains some steps, scores, closes. */
  private double[] trained(TrainingSession session) {
    try (session) {
      for (int step = 0; step < 20; step++) {
        Batch batch = mixed(model, step);
        accumulate(session, batch, upstream(batch, step));
        session.apply(1e-3);
      }
      return session.score(mixed(model, 99), Set.of()).logProbs();
    }
  }

  @Test
  void refusesCallsOutOfOrder() {
    TrainingSession session = inFloat();
    Batch batch = mixed(model, 1);
    ForwardPass pass = session.forward(batch, Set.of());
    assertThrows(IllegalStateException.class, () -> session.forward(batch, Set.of()));
    assertThrows(IllegalArgumentException.class, () -> pass.backward(new double[1]));
    pass.backward(upstream(batch, 1));
    assertThrows(IllegalStateException.class, () -> pass.backward(upstream(batch, 1)));
    session.close();
    session.close();
    pass.close();
    assertThrows(IllegalStateException.class, () -> session.score(batch, Set.of()));
    assertThrows(IllegalStateException.class, () -> session.forward(batch, Set.of()));
    assertThrows(IllegalStateException.class, () -> session.apply(1));
    assertThrows(IllegalStateException.class, session::discard);
    Parameter p = model.parameters().get(0);
    assertThrows(
        IllegalStateException.class, () -> session.read(Kind.WEIGHT, p, (row, values) -> {}));
  }

  @Test
  void completionsOfNoLaidDownTokenShareTheirPrompt() {
    TestExamples examples = new TestExamples(4, model.vocabulary());
    TokenizedExample e = examples.example(6, 1, 1, 4, 1);
    try (TrainingSession djl = inDouble(model, 2);
        TrainingSession plain = plain(model)) {
      assertEquals(
          e.completions().stream().mapToInt(TokenizedCompletion::predictions).sum(),
          djl.score(model.batch(List.of(e)), Set.of()).logProbs().length);
      assertArrayEquals(
          plain.score(model.batch(List.of(e)), Set.of()).logProbs(),
          djl.score(model.batch(List.of(e)), Set.of()).logProbs(),
          1e-10);
    }
  }
}
