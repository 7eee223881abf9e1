package org.dpo4j.cli.engines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.stream.DoubleStream;
import org.dpo4j.backend.Backends;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.layout.Batch;
import org.dpo4j.model.PretrainedModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One session of each engine at the same time in one JVM, each on a thread of its own. */
class EnginesTogetherTest {
  private static final int STEPS = 12;
  private static final SessionOptions OPTIONS = SessionOptions.defaults().withThreads(2);

  private static PretrainedModel model;
  private static List<Batch> batches;

  /** An engine at work: all numbers that come out, a list for each step. */
  @FunctionalInterface
  private interface Work {
    /**
     * Opens a session, takes all steps, closes it.
     *
     * @param turn where those that work together wait for each other before each step
     */
    List<double[]> run(Phaser turn);
  }

  @BeforeAll
  static void read() {
    model = Story.model();
    batches = Story.batches(model, STEPS, 2);
  }

  private static List<double[]> train(String engine, Phaser turn) {
    try (TrainingSession session =
        Backends.training(engine)
            .openTraining(
                model.transformer(), model.weights(), OPTIONS, OptimizerOptions.defaults())) {
      List<double[]> told = new ArrayList<>();
      for (Batch batch : batches) {
        turn.arriveAndAwaitAdvance();
        told.add(step(session, batch));
      }
      return told;
    }
  }

  /** Towards all completions; the log-probs before, and the gradient's norm. */
  private static double[] step(TrainingSession session, Batch batch) {
    try (ForwardPass pass = session.forward(batch, Set.of())) {
      double[] logProbs = pass.scores().logProbs();
      double[] gradient = new double[logProbs.length];
      Arrays.fill(gradient, -1.0 / logProbs.length);
      pass.backward(gradient);
      return DoubleStream.concat(Arrays.stream(logProbs), DoubleStream.of(session.apply(1e-4)))
          .toArray();
    }
  }

  private static List<double[]> score(String engine, Phaser turn) {
    try (ScoringSession session =
        Backends.scoring(engine).openScoring(model.transformer(), model.weights(), OPTIONS)) {
      List<double[]> told = new ArrayList<>();
      for (Batch batch : batches) {
        turn.arriveAndAwaitAdvance();
        told.add(session.score(batch, Set.of()).logProbs());
      }
      return told;
    }
  }

  @Test
  void eachTellsTheNumbersThatItTellsAlone() throws InterruptedException, ExecutionException {
    List<Work> engines =
        List.of(t -> train("djl", t), t -> train("tensorflow", t), t -> score("onnx", t));
    List<List<double[]>> alone = new ArrayList<>();
    for (Work engine : engines) alone.add(engine.run(new Phaser(1)));
    List<List<double[]>> together = together(engines);
    for (int e = 0; e < engines.size(); e++) {
      for (int s = 0; s < STEPS; s++) {
        double[] expected = alone.get(e).get(s);
        // equal to the bit where it was measured; threads could add up in another order
        assertArrayEquals(expected, together.get(e).get(s), 1e-5, "engine " + e + ", step " + s);
      }
    }
    // before the first update all engines tell the same log-probs
    double[] onnx = alone.get(2).get(0);
    for (int e = 0; e < 2; e++) {
      assertArrayEquals(onnx, Arrays.copyOf(alone.get(e).get(0), onnx.length), 1e-4);
    }
  }

  private static List<List<double[]>> together(List<Work> engines)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(engines.size());
    Phaser turn = new Phaser(engines.size());
    try {
      List<Future<List<double[]>>> working = new ArrayList<>();
      for (Work engine : engines) {
        working.add(
            threads.submit(
                () -> {
                  try {
                    return engine.run(turn);
                  } finally {
                    turn.arriveAndDeregister(); // one that fails keeps nobody waiting
                  }
                }));
      }
      List<List<double[]>> told = new ArrayList<>();
      for (Future<List<double[]>> engine : working) told.add(engine.get());
      return told;
    } finally {
      threads.shutdownNow();
    }
  }
}
