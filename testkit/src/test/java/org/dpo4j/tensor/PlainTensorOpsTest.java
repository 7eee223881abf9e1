package org.dpo4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.testkit.TensorOpsContract;
import org.dpo4j.testkit.TensorOpsContract.Input;
import org.dpo4j.testkit.TensorOpsContract.Outcome;
import org.dpo4j.testkit.TensorOpsContract.Trial;
import org.dpo4j.testkit.TensorOpsTrials;
import org.dpo4j.testkit.TestExamples;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

class PlainTensorOpsTest {
  private static final double STEP = 1e-5;

  // one example: two tokens of prompt, completions of 2 and 1: tokens p0 p1 c0
  private final Batch batch =
      new Batch(
          TokenLayout.of(List.of(new TestExamples(1, 3).example(2, 2, 1)), longest -> true),
          Map.of(),
          List.of(0));

  @TestFactory
  Stream<DynamicTest> gradientsAreThoseOfFiniteDifferences() {
    return TensorOpsTrials.all().entrySet().stream()
        .map(t -> DynamicTest.dynamicTest(t.getKey(), () -> checkGradients(t.getValue())));
  }

  private static void checkGradients(Trial trial) {
    Outcome outcome = TensorOpsContract.runPlain(trial);
    for (int i = 0; i < trial.inputs().size(); i++) {
      Input input = trial.inputs().get(i);
      assertSlopes("input " + i, trial, input.values(), outcome.inputGradients().get(i));
    }
    trial
        .weights()
        .forEach((p, w) -> assertSlopes(p.name(), trial, w, outcome.weightGradients().get(p)));
  }

  private static void assertSlopes(String what, Trial trial, double[] x, double[] gradient) {
    for (int i = 0; i < x.length; i++) {
      double kept = x[i];
      x[i] = kept + STEP;
      double above = objective(trial);
      x[i] = kept - STEP;
      double below = objective(trial);
      x[i] = kept;
      double slope = (above - below) / (2 * STEP);
      assertEquals(slope, gradient[i], 1e-6 * Math.max(1, Math.abs(slope)), what + ", " + i);
    }
  }

  /** The first output times upstream. */
  private static double objective(Trial trial) {
    PlainTensorOps ops = new PlainTensorOps(trial.batch(), trial.weights()::get);
    List<Tensor> inputs =
        trial.inputs().stream().map(in -> ops.input(in.axis(), in.columns(), in.values())).toList();
    double[] y = ops.values(trial.trace().apply(ops, inputs).get(0));
    double sum = 0;
    for (int i = 0; i < y.length; i++) sum += y[i] * trial.upstream()[i];
    return sum;
  }

  private PlainTensorOps ops(Map<Parameter, double[]> weights) {
    return new PlainTensorOps(batch, weights::get);
  }

  private double[] of(BiFunction<PlainTensorOps, Tensor, Tensor> op, double... x) {
    PlainTensorOps ops = ops(Map.of());
    return ops.values(op.apply(ops, ops.input(Axis.TOKENS, x.length / 3, x)));
  }

  @Test
  void activations() {
    // x Phi(x) with Phi(1) = 0.841344746068543, Phi(-2) = 0.022750131948179
    assertArrayEquals(
        new double[] {0, 0.841344746068543, -0.045500263896358},
        of((o, x) -> o.gelu(x, TensorOps.Gelu.EXACT), 0, 1, -2),
        1e-15);
    // 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): tanh(0.833600...) = 0.682383981216554
    assertArrayEquals(
        new double[] {0, 0.841191990608277, -0.045402305912225},
        of((o, x) -> o.gelu(x, TensorOps.Gelu.TANH), 0, 1, -2),
        1e-13);
    // x / (1 + e^-x)
    assertArrayEquals(
        new double[] {0, 1 / (1 + Math.exp(-1)), -800 * 0.0},
        of((o, x) -> o.silu(x), 0, 1, -800),
        1e-15);
    assertArrayEquals(
        new double[] {0, 3 * Math.tanh(1), -3}, of((o, x) -> o.softCap(x, 3), 0, 3, -90), 1e-15);
  }

  @Test
  void rmsNormAddsTheOffsetToTheWeight() {
    Parameter weight = Parameter.vector("w", 2);
    PlainTensorOps ops = ops(Map.of(weight, new double[] {2, 10}));
    Tensor x = ops.input(Axis.TOKENS, 2, new double[] {3, 4, 0, 2, 1, 3});
    // mean squares 12.5, 2 and 5; with eps 0.5 and offset 1
    double a = Math.sqrt(13);
    double b = Math.sqrt(2.5);
    double c = Math.sqrt(5.5);
    assertArrayEquals(
        new double[] {9 / a, 44 / a, 0, 22 / b, 3 / c, 33 / c},
        ops.values(ops.rmsNorm(x, weight, 0.5, 1)),
        1e-14);
  }

  @Test
  void layerNormTakesTheMeanOff() {
    Parameter weight = Parameter.vector("w", 2);
    Parameter bias = Parameter.vector("b", 2);
    PlainTensorOps ops = ops(Map.of(weight, new double[] {2, 10}, bias, new double[] {1, -1}));
    Tensor x = ops.input(Axis.TOKENS, 2, new double[] {3, 4, 0, 0, 1, 3});
    // (3, 4): deviations -1/2, 1/2, variance 1/4; with eps 0.75 the divisor is 1
    assertArrayEquals(
        new double[] {
          2 * -0.5 + 1, 10 * 0.5 - 1, 1, -1, 1 - 2 / Math.sqrt(1.75), 10 / Math.sqrt(1.75) - 1
        },
        ops.values(ops.layerNorm(x, weight, bias, 0.75)),
        1e-15);
  }

  @Test
  void headStatistics() {
    Linear head = Linear.of("head", 3, 1, false);
    PlainTensorOps ops = ops(Map.of(head.weight(), new double[] {0, Math.log(2), Math.log(5)}));
    Tensor hidden = ops.input(Axis.PREDICTIONS, 1, new double[] {1, 1, 1});
    TokenLogProbs told =
        ops.tokenLogProbs(hidden, head, 0, Index.TARGETS, Set.of(HeadStatistic.values()));
    // softmax of (0, ln 2, ln 5) is (1/8, 2/8, 5/8)
    double[] probs = {1 / 8.0, 2 / 8.0, 5 / 8.0};
    int[] targets = batch.layout().values(Index.TARGETS);
    for (int i = 0; i < 3; i++) {
      assertEquals(Math.log(probs[targets[i]]), ops.values(told.logProbs())[i], 1e-15);
      assertStatistic(Math.log(30 / 64.0), HeadStatistic.LOG_SUM_SQUARED_PROBS, told, ops, i);
      double entropy = (Math.log(8) + 2 * Math.log(4) + 5 * Math.log(1.6)) / 8;
      assertStatistic(entropy, HeadStatistic.ENTROPY, told, ops, i);
      assertStatistic(Math.log(10) / 3, HeadStatistic.MEAN_LOGIT, told, ops, i);
      assertStatistic(targets[i] == 2 ? 1 : 0, HeadStatistic.TOP1_IS_TARGET, told, ops, i);
    }
  }

  private static void assertStatistic(
      double expected, HeadStatistic s, TokenLogProbs told, PlainTensorOps ops, int prediction) {
    Tensor statistic = told.statistics().get(s);
    assertEquals(expected, ops.values(statistic)[prediction], 1e-15, s.name());
  }

  /** FIELD O04: a large vocabulary, whose logits need not exist all at once. */
  @Test
  void theHeadInPiecesIsTheWholeHeadForALargeVocabulary() {
    Linear head = Linear.of("head", 151_936, 4, false);
    TokenLayout layout =
        TokenLayout.of(List.of(new TestExamples(1, head.out()).example(3, 9, 8)), n -> true);
    int predictions = layout.length(Axis.PREDICTIONS);
    Random random = new Random(1);
    double[] weights = random.doubles((long) head.out() * 4, -1, 1).toArray();
    double[] hidden = random.doubles(predictions * 4L, -1, 1).toArray();
    double[] upstream = random.doubles(predictions, -1, 1).toArray();
    double[][] whole = null;
    for (int rows : new int[] {predictions, 5}) {
      double[] gradient = new double[weights.length];
      PlainTensorOps ops =
          new PlainTensorOps(
              new Batch(layout, Map.of(), List.of(0)), p -> weights, p -> gradient, rows);
      Tensor x = ops.input(Axis.PREDICTIONS, 4, hidden);
      Tensor y = ops.tokenLogProbs(x, head, 0, Index.TARGETS, Set.of()).logProbs();
      ops.backward(y, upstream);
      double[][] told = {ops.values(y), ops.gradient(x), gradient};
      if (whole == null) whole = told;
      for (int i = 0; i < told.length; i++) assertArrayEquals(whole[i], told[i], 1e-12);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    PlainTensorOps ops = ops(Map.of());
    Tensor three = ops.input(Axis.TOKENS, 3, new double[9]);
    Tensor two = ops.input(Axis.TOKENS, 2, new double[6]);
    Tensor predictions = ops.input(Axis.PREDICTIONS, 3, new double[9]);
    assertRefused("does not go with", () -> ops.add(three, two));
    assertRefused("does not go with", () -> ops.multiply(three, predictions));
    assertRefused("predictedFrom expects [tokens]", () -> predictions.at(Index.PREDICTED_FROM));
    assertRefused("w.weight expects 4", () -> ops.linear(two, Linear.of("w", 3, 4, false)));
    assertRefused("groups of 2", () -> ops.rmsNorm(three, Parameter.vector("n", 2), 0, 0));
    assertRefused("columns 1 to 3", () -> ops.columns(two, 1, 1, 2));
    assertRefused(
        "weight w.weight [3, 2] was given nothing",
        () -> ops.linear(two, Linear.of("w", 3, 2, false)));
    assertRefused("of another trace", () -> ops(Map.of()).silu(two));
    assertRefused(
        "attention's keys expects 2",
        () -> ops.attention(new Attention(0, 1, 1, 2, 1, 0, 0, null), two, three, two));
  }

  private static void assertRefused(String message, Executable action) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, action);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
