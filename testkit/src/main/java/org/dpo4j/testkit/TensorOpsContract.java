package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.PlainTensorOps;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What every engine's operations must do: give the numbers, and the gradients, of {@link
 * PlainTensorOps}, each operation by itself at odd sizes. An engine's test extends this and says
 * how its engine runs one {@link Trial}.
 */
public abstract class TensorOpsContract {
  /** Runs a trial on the engine that is tested. */
  protected abstract Outcome run(Trial trial);

  /**
   * How far a number may be off, relative to the largest of its tensor, or to 1 if that is more.
   */
  protected abstract double tolerance();

  /** Whether the engine trains; one that only scores gives no gradients. */
  protected boolean differentiates() {
    return true;
  }

  /** The engine's name. */
  protected abstract String engine();

  /** Something to trace. */
  @FunctionalInterface
  public interface Trace {
    /** What is made of the inputs; the way back starts at the first, the others are looked at. */
    List<Tensor> apply(TensorOps ops, List<Tensor> inputs);
  }

  /**
   * A tensor from outside, whose gradient is asked for.
   *
   * @param values {@code [axis, columns]}, row by row
   */
  @SuppressWarnings("ArrayRecordComponent") // numbers on their way; never compared
  public record Input(Axis axis, int columns, double[] values) {}

  /**
   * One trace on one batch.
   *
   * @param weights of every parameter that the trace reads, row by row
   * @param upstream the gradient with respect to the first output, of its shape
   */
  @SuppressWarnings("ArrayRecordComponent") // numbers on their way; never compared
  public record Trial(
      Batch batch,
      Map<Parameter, double[]> weights,
      List<Input> inputs,
      Trace trace,
      double[] upstream) {}

  /**
   * What came out.
   *
   * @param outputs each row by row
   * @param inputGradients as many as inputs; none where the engine only scores
   * @param weightGradients of every weight of the trial; none where the engine only scores
   */
  public record Outcome(
      List<double[]> outputs,
      List<double[]> inputGradients,
      Map<Parameter, double[]> weightGradients) {}

  @TestFactory
  Stream<DynamicTest> givesTheNumbersAndGradientsOfPlainTensorOps() {
    TrialResults results = new TrialResults(engine());
    return TensorOpsTrials.all().entrySet().stream()
        .map(
            trial ->
                DynamicTest.dynamicTest(
                    trial.getKey(),
                    () -> {
                      Outcome expected = runPlain(trial.getValue());
                      Outcome actual = run(trial.getValue());
                      double ofNumbers = compareNumbers(expected, actual);
                      results.passed(
                          trial.getKey(),
                          ofNumbers,
                          differentiates() ? compareGradients(expected, actual) : null);
                    }));
  }

  private double compareNumbers(Outcome expected, Outcome actual) {
    assertEquals(expected.outputs.size(), actual.outputs.size(), "outputs");
    double worst = 0;
    for (int i = 0; i < expected.outputs.size(); i++) {
      double[] numbers = actual.outputs.get(i);
      worst = Math.max(worst, compare("output " + i, expected.outputs.get(i), numbers));
    }
    return worst;
  }

  private double compareGradients(Outcome expected, Outcome actual) {
    double worst = 0;
    for (int i = 0; i < expected.inputGradients.size(); i++) {
      double[] gradient = actual.inputGradients.get(i);
      String what = "gradient of input " + i;
      worst = Math.max(worst, compare(what, expected.inputGradients.get(i), gradient));
    }
    for (Map.Entry<Parameter, double[]> weight : expected.weightGradients.entrySet()) {
      double[] gradient = actual.weightGradients.get(weight.getKey());
      String what = "gradient of " + weight.getKey().name();
      worst = Math.max(worst, compare(what, weight.getValue(), gradient));
    }
    return worst;
  }

  /** The largest difference, relative as {@link #tolerance} is. */
  private double compare(String what, double[] expected, double @Nullable [] actual) {
    double scale = Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(0));
    assertArrayEquals(expected, actual, tolerance() * scale, what);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(expected[i] - actual[i]) / scale);
    }
    return worst;
  }

  /** The trial on PlainTensorOps. */
  public static Outcome runPlain(Trial trial) {
    Map<Parameter, double[]> gradients = new HashMap<>();
    trial.weights.forEach((p, values) -> gradients.put(p, new double[values.length]));
    // two predictions at a time, so that the head is cut
    PlainTensorOps ops = new PlainTensorOps(trial.batch, trial.weights::get, gradients::get, 2);
    List<Tensor> inputs = new ArrayList<>();
    for (Input in : trial.inputs) inputs.add(ops.input(in.axis, in.columns, in.values));
    List<Tensor> outputs = trial.trace.apply(ops, inputs);
    ops.backward(outputs.get(0), trial.upstream);
    return new Outcome(
        outputs.stream().map(ops::values).toList(),
        inputs.stream().map(ops::gradient).toList(),
        gradients);
  }
}
