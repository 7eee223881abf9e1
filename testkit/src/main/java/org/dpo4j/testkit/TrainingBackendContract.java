package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.backend.TrainingMemory;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.backend.TrainingSession.Kind;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every engine that trains must do: score, differentiate and step whole models as {@link
 * PlainBackend} does, and keep the promises of its sessions.
 */
public abstract class TrainingBackendContract {
  private static final OptimizerOptions ADAMW = new OptimizerOptions(0.9, 0.99, 1e-6, 0.1, 0.5);
  private static final TrainingBackend PLAIN = new PlainBackend();

  /** The engine that is tested. */
  protected abstract TrainingBackend backend();

  /**
   * How far a number may be off after a pass, relative to the largest of its tensor, or to 1 if
   * that is more.
   */
  protected abstract double tolerance();

  private static TrainingSession open(TrainingBackend backend, CausalTransformer model) {
    return backend.openTraining(
        model, TestModels.weights(5), SessionOptions.defaults().withThreads(2), ADAMW);
  }

  private static Batch batch(CausalTransformer model, long seed) {
    return model.batch(new TestExamples(seed, model.vocabulary()).mixed());
  }

  private static double[] upstream(Batch batch, long seed) {
    Random random = new Random(seed);
    return random.doubles(batch.layout().length(Axis.PREDICTIONS), -1, 1).toArray();
  }

  private static void accumulate(TrainingSession session, Batch batch, double[] upstream) {
    try (ForwardPass pass = session.forward(batch, Set.of())) {
      pass.backward(upstream);
    }
  }

  private static double[] numbers(TrainingSession session, Kind kind, Parameter p) {
    return TestModels.numbers(p, (parameter, blocks) -> session.read(kind, parameter, blocks));
  }

  private void assertSame(
      CausalTransformer model, Kind kind, TrainingSession expected, TrainingSession actual) {
    for (Parameter p : model.parameters()) {
      assertClose(kind + " of " + p.name(), numbers(expected, kind, p), numbers(actual, kind, p));
    }
  }

  private void assertClose(String what, double[] expected, double[] actual) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertArrayEquals(expected, actual, tolerance() * Math.max(1, largest), what);
  }

  @TestFactory
  Stream<DynamicTest> scoresAsThePlainBackend() {
    return models(this::assertScores);
  }

  private static Stream<DynamicTest> models(java.util.function.Consumer<CausalTransformer> test) {
    return TestModels.llamas().entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> test.accept(e.getValue())));
  }

  private void assertScores(CausalTransformer model) {
    Set<HeadStatistic> all = Set.of(HeadStatistic.values());
    try (TrainingSession plain = open(PLAIN, model);
        TrainingSession session = open(backend(), model)) {
      for (long seed = 1; seed <= 3; seed++) { // several shapes on one session
        List<TokenizedExample> examples = new TestExamples(seed, model.vocabulary()).mixed();
        Batch batch = model.batch(examples.subList(0, 3 + (int) seed));
        TokenScores expected = plain.score(batch, all);
        TokenScores actual = session.score(batch, all);
        assertClose("log-probs", expected.logProbs(), actual.logProbs());
        for (HeadStatistic s : all) {
          assertClose(s.name(), expected.statistics().get(s), actual.statistics().get(s));
        }
        assertEquals(Map.of(), session.score(batch, Set.of()).statistics());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> differentiatesAsThePlainBackend() {
    return models(this::assertGradients);
  }

  private void assertGradients(CausalTransformer model) {
    try (TrainingSession plain = open(PLAIN, model);
        TrainingSession session = open(backend(), model)) {
      Batch batch = batch(model, 2);
      double[] upstream = upstream(batch, 3);
      accumulate(plain, batch, upstream);
      accumulate(session, batch, upstream);
      assertSame(model, Kind.GRADIENT, plain, session);
    }
  }

  /** Each stage made again on the way back, as every pass is where nothing may be kept. */
  @TestFactory
  Stream<DynamicTest> recomputingGivesTheGradientsOfKeeping() {
    return models(this::assertRecomputed);
  }

  private void assertRecomputed(CausalTransformer model) {
    SessionOptions keep = SessionOptions.defaults().withThreads(1);
    try (TrainingSession kept = backend().openTraining(model, TestModels.weights(5), keep, ADAMW);
        TrainingSession recomputed =
            backend()
                .openTraining(model, TestModels.weights(5), keep.withActivationBytes(0), ADAMW)) {
      for (long seed = 2; seed <= 3; seed++) {
        Batch batch = batch(model, seed);
        accumulate(kept, batch, upstream(batch, seed));
        accumulate(recomputed, batch, upstream(batch, seed));
      }
      for (Parameter p : model.parameters()) {
        double[] expected = numbers(kept, Kind.GRADIENT, p);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        double lastDigits = 1e-6 * Math.max(1, largest); // sums may go another way
        assertArrayEquals(expected, numbers(recomputed, Kind.GRADIENT, p), lastDigits, p.name());
      }
    }
  }

  /** What {@link SessionOptions#fastPaths} leaves out changes nothing. */
  @TestFactory
  Stream<DynamicTest> fastPathsGiveTheGradientsOfPlainOnes() {
    return models(this::assertFastPaths);
  }

  private void assertFastPaths(CausalTransformer model) {
    SessionOptions fast = SessionOptions.defaults().withThreads(2);
    SessionOptions slow = fast.withFastPaths(false);
    Set<HeadStatistic> all = Set.of(HeadStatistic.values());
    try (TrainingSession plain = backend().openTraining(model, TestModels.weights(5), slow, ADAMW);
        TrainingSession quick = backend().openTraining(model, TestModels.weights(5), fast, ADAMW)) {
      for (long seed = 2; seed <= 3; seed++) {
        Batch batch = batch(model, seed);
        TokenScores expected = plain.score(batch, all);
        TokenScores actual = quick.score(batch, all);
        assertClose("log-probs", expected.logProbs(), actual.logProbs());
        for (HeadStatistic s : all) {
          assertClose(s.name(), expected.statistics().get(s), actual.statistics().get(s));
        }
        accumulate(plain, batch, upstream(batch, seed));
        accumulate(quick, batch, upstream(batch, seed));
      }
      assertSame(model, Kind.GRADIENT, plain, quick);
    }
  }

  @Test
  void memoryGrowsWithWhatIsFedAndShrinksByRecomputing() {
    CausalTransformer model = TestModels.llama();
    TrainingMemory memory = backend().memory(model, SessionOptions.defaults());
    long weights = model.parameters().stream().mapToLong(Parameter::size).sum() * Float.BYTES;
    assertTrue(memory.weights() >= 4 * weights, "weights, gradients and two moments");
    long before = 0;
    for (int pairs = 1; pairs <= 64; pairs *= 2) {
      BatchShape shape = new BatchShape(200 * pairs, 120 * pairs, 2 * pairs, 150);
      assertTrue(memory.pass(shape, false) > before, pairs + " pairs");
      assertTrue(memory.pass(shape, true) <= memory.pass(shape, false), pairs + " pairs");
      int head = memory.headChunk(shape);
      assertTrue(head > 0 && head <= shape.predictions(), pairs + " pairs");
      before = memory.pass(shape, false);
    }
  }

  @Test
  void partsAddUpToTheWhole() {
    CausalTransformer model = TestModels.llama();
    List<TokenizedExample> examples = new TestExamples(4, model.vocabulary()).mixed();
    Batch whole = model.batch(examples);
    double[] upstream = upstream(whole, 5);
    try (TrainingSession once = open(backend(), model);
        TrainingSession byParts = open(backend(), model)) {
      accumulate(once, whole, upstream);
      int at = 0;
      for (TokenizedExample e : examples) {
        int end = at + e.predictions();
        accumulate(byParts, model.batch(List.of(e)), Arrays.copyOfRange(upstream, at, end));
        at = end;
      }
      assertSame(model, Kind.GRADIENT, once, byParts);
    }
  }

  @Test
  void tenStepsAreThoseOfThePlainBackend() {
    CausalTransformer model = TestModels.llama(", \"tie_word_embeddings\": true");
    try (TrainingSession plain = open(PLAIN, model);
        TrainingSession session = open(backend(), model)) {
      for (int step = 0; step < 10; step++) {
        double expected = step(plain, model, step);
        assertEquals(expected, step(session, model, step), 1e-4 * expected, "norm of " + step);
      }
      assertEquals(10, session.steps());
      for (Parameter p : model.parameters()) {
        // AdamW's first steps are as large for a tiny gradient as for a large one: rounding shows
        double[] expected = numbers(plain, Kind.WEIGHT, p);
        assertArrayEquals(expected, numbers(session, Kind.WEIGHT, p), 5e-4, p.name());
      }
    }
  }

  /** Two accumulated batches and a step; the norm. */
  private static double step(TrainingSession session, CausalTransformer model, int step) {
    for (int part = 0; part < 2; part++) {
      Batch batch = batch(model, 10 * step + part);
      accumulate(session, batch, upstream(batch, step));
    }
    return session.apply(1e-3);
  }

  @Test
  void discardLeavesEverythingButTheGradient() {
    CausalTransformer model = TestModels.llama();
    try (TrainingSession untouched = open(backend(), model);
        TrainingSession session = open(backend(), model)) {
      Batch batch = batch(model, 6);
      accumulate(session, batch, upstream(batch, 7));
      session.discard();
      for (Kind kind : Kind.values()) assertSame(model, kind, untouched, session);
      assertEquals(0, session.steps());
    }
  }

  @Test
  void takesNoStepWhereTheGradientIsNotFinite() {
    CausalTransformer model = TestModels.llama();
    try (TrainingSession untouched = open(backend(), model);
        TrainingSession session = open(backend(), model)) {
      Batch batch = batch(model, 6);
      double[] upstream = upstream(batch, 7);
      upstream[0] = Double.NaN;
      accumulate(session, batch, upstream);
      assertEquals(false, Double.isFinite(session.apply(1e-3)));
      for (Kind kind : Kind.values()) assertSame(model, kind, untouched, session);
      assertEquals(0, session.steps());
      accumulate(session, batch, upstream);
      session.discard();
      for (int step = 0; step < 2; step++) {
        assertEquals(step(untouched, model, step), step(session, model, step));
      }
      assertSame(model, Kind.WEIGHT, untouched, session);
    }
  }

  @Test
  void goesOnWhereAnotherEngineStopped() {
    CausalTransformer model = TestModels.llama();
    try (TrainingSession plain = open(PLAIN, model);
        TrainingSession first = open(backend(), model);
        TrainingSession second = open(backend(), model)) {
      for (int step = 0; step < 3; step++) step(first, model, step);
      Batch batch = batch(model, 50);
      accumulate(first, batch, upstream(batch, 51));
      copy(model, first, plain);
      copy(model, plain, second);
      for (TrainingSession s : List.of(first, plain, second)) s.apply(1e-3);
      assertEquals(4, second.steps());
      assertSame(model, Kind.WEIGHT, first, second);
      assertSame(model, Kind.WEIGHT, plain, second);
    }
  }

  private static void copy(CausalTransformer model, TrainingSession from, TrainingSession to) {
    for (Kind kind : Kind.values()) {
      for (Parameter p : model.parameters()) {
        to.write(kind, p, (parameter, blocks) -> from.read(kind, parameter, blocks));
      }
    }
    to.steps(from.steps());
  }

  @Test
  void onePassIsOpenAtATimeAndGoesBackOnce() {
    CausalTransformer model = TestModels.llama();
    try (TrainingSession session = open(backend(), model)) {
      Batch batch = batch(model, 8);
      double[] upstream = upstream(batch, 9);
      try (ForwardPass pass = session.forward(batch, Set.of())) {
        assertThrows(IllegalStateException.class, () -> session.forward(batch, Set.of()));
        pass.backward(upstream);
        assertThrows(IllegalStateException.class, () -> pass.backward(upstream));
      }
      ForwardPass closed = session.forward(batch, Set.of());
      closed.close();
      assertThrows(IllegalStateException.class, () -> closed.backward(upstream));
      session.forward(batch, Set.of()).close();
    }
  }

  @Test
  void aBatchWithoutPredictionsIsNothingToDo() {
    CausalTransformer model = TestModels.llama();
    Batch batch = model.batch(List.of(new TestExamples(1, model.vocabulary()).example(0, 1, 1)));
    try (TrainingSession untouched = open(backend(), model);
        TrainingSession session = open(backend(), model)) {
      assertEquals(0, session.score(batch, Set.of()).logProbs().length);
      accumulate(session, batch, new double[0]);
      assertSame(model, Kind.GRADIENT, untouched, session);
    }
  }

  @Test
  void aClosedSessionSaysSo() {
    CausalTransformer model = TestModels.llama();
    TrainingSession session = open(backend(), model);
    session.close();
    session.close();
    Batch batch = batch(model, 8);
    assertThrows(IllegalStateException.class, () -> session.score(batch, Set.of()));
    assertThrows(IllegalStateException.class, () -> session.apply(1));
  }

  @Test
  void sessionsOnSeveralThreadsDoNotMixUp() throws InterruptedException, ExecutionException {
    List<CausalTransformer> models =
        List.of(TestModels.llama(), TestModels.llama(", \"attention_bias\": true"));
    List<Double> alone = new ArrayList<>();
    for (CausalTransformer model : models) alone.add(lastNorm(model));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Double>> together = new ArrayList<>();
      for (CausalTransformer model : models) {
        together.add(threads.submit(() -> lastNorm(model)));
      }
      for (int i = 0; i < models.size(); i++) {
        assertEquals(alone.get(i), together.get(i).get(), 1e-4 * alone.get(i));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private double lastNorm(CausalTransformer model) {
    try (TrainingSession session = open(backend(), model)) {
      double norm = 0;
      for (int step = 0; step < 5; step++) norm = step(session, model, step);
      return norm;
    }
  }
}
