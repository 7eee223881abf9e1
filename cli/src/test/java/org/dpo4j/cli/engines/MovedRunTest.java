package org.dpo4j.cli.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dpo4j.backend.Backends;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.backend.TrainingSession.Kind;
import org.dpo4j.layout.Batch;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A run that begins on one engine goes on on another: weights and optimizer state stream out of a
 * session and into the next, and the steps that follow are those of a run that never moved.
 */
class MovedRunTest {
  private static final int STEPS = 20;

  /** Fifty times what was measured of either engine; both are as far from double precision. */
  private static final double LOSS_TOLERANCE = 2e-5;

  /** Twenty times what was measured. */
  private static final double DISTANCE_TOLERANCE = 1e-3;

  private static final OptimizerOptions ADAMW = OptimizerOptions.defaults().withWeightDecay(0.01);

  private static PretrainedModel model;
  private static List<Batch> batches;
  private static Map<Parameter, double[]> initial;
  private static Run djl;
  private static Run tensorflow;

  /** Losses of all steps, and the weights at the end. */
  private record Run(List<Double> losses, Map<Parameter, double[]> weights) {}

  @BeforeAll
  static void trainWithoutMoving() {
    model = Story.model();
    batches = Story.batches(model, STEPS, 2);
    initial = TestModels.numbers(model.transformer(), model.weights());
    djl = run("djl", "djl", EnumSet.noneOf(Kind.class));
    tensorflow = run("tensorflow", "tensorflow", EnumSet.noneOf(Kind.class));
  }

  private static TrainingSession open(String engine) {
    return Backends.training(engine)
        .openTraining(
            model.transformer(), model.weights(), SessionOptions.defaults().withThreads(2), ADAMW);
  }

  /** Half of the steps on one engine, the others on another; it takes over what is moved. */
  private static Run run(String first, String second, Set<Kind> moved) {
    List<Double> losses = new ArrayList<>();
    try (TrainingSession session = open(first)) {
      for (Batch batch : batches.subList(0, STEPS / 2)) losses.add(step(session, batch));
      if (moved.isEmpty()) return finish(session, losses);
      try (TrainingSession next = open(second)) {
        for (Kind kind : moved) move(kind, session, next);
        next.steps(session.steps());
        return finish(next, losses);
      }
    }
  }

  private static void move(Kind kind, TrainingSession from, TrainingSession to) {
    for (Parameter p : model.transformer().parameters()) {
      to.write(kind, p, (parameter, blocks) -> from.read(kind, parameter, blocks));
    }
  }

  private static Run finish(TrainingSession session, List<Double> losses) {
    for (Batch batch : batches.subList(STEPS / 2, STEPS)) losses.add(step(session, batch));
    assertEquals(STEPS, session.steps());
    return new Run(losses, TestModels.numbers(model.transformer(), session.weights()));
  }

  /** Towards all completions; the mean of -log p before. */
  private static double step(TrainingSession session, Batch batch) {
    try (ForwardPass pass = session.forward(batch, Set.of())) {
      double[] logProbs = pass.scores().logProbs();
      double[] gradient = new double[logProbs.length];
      Arrays.fill(gradient, -1.0 / logProbs.length);
      pass.backward(gradient);
      session.apply(2e-4);
      return -Arrays.stream(logProbs).average().orElseThrow();
    }
  }

  @Test
  void bothEnginesTakeTheSameSteps() {
    assertSame(djl, tensorflow);
  }

  @Test
  void fromDjlToTensorFlow() {
    Run moved = run("djl", "tensorflow", EnumSet.complementOf(EnumSet.of(Kind.GRADIENT)));
    assertSame(djl, moved);
    assertSame(tensorflow, moved);
  }

  @Test
  void fromTensorFlowToDjl() {
    Run moved = run("tensorflow", "djl", EnumSet.complementOf(EnumSet.of(Kind.GRADIENT)));
    assertSame(djl, moved);
    assertSame(tensorflow, moved);
  }

  /** What the other tests would miss if they couldn't tell. */
  @Test
  void withoutTheOptimizerStateItIsAnotherRun() {
    Run moved = run("djl", "tensorflow", EnumSet.of(Kind.WEIGHT));
    double distance = distance(djl, moved);
    assertTrue(distance > 100 * DISTANCE_TOLERANCE, "distance " + distance);
  }

  private static void assertSame(Run expected, Run actual) {
    for (int s = 0; s < STEPS; s++) {
      assertEquals(
          expected.losses.get(s), actual.losses.get(s), LOSS_TOLERANCE, "loss of step " + s);
    }
    double distance = distance(expected, actual);
    assertTrue(distance < DISTANCE_TOLERANCE, "distance " + distance);
  }

  /** Between two runs' weights, as a share of the way from the initial ones. */
  private static double distance(Run expected, Run actual) {
    double apart = 0;
    double way = 0;
    for (Map.Entry<Parameter, double[]> weight : expected.weights.entrySet()) {
      double[] others = actual.weights.get(weight.getKey());
      double[] before = initial.get(weight.getKey());
      for (int i = 0; i < before.length; i++) {
        apart += square(weight.getValue()[i] - others[i]);
        way += square(weight.getValue()[i] - before[i]);
      }
    }
    return Math.sqrt(apart / way);
  }

  private static double square(double x) {
    return x * x;
  }
}
