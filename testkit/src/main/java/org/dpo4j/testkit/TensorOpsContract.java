package org.dpo4j.testkit;

import java.util.List;
import java.util.Map;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;

/**
 * What every engine's operations must do: give the numbers, and the gradients, of {@link
 * org.dpo4j.tensor.PlainTensorOps}, each operation by itself at odd sizes. An engine's test extends
 * this and says how its engine runs one {@link Trial}.
 */
public abstract class TensorOpsContract {
  /** Runs a trial on the engine that is tested. */
  protected abstract Outcome run(Trial trial);

  /** How far an answer may be off, relative to the largest number of the tensor it is in. */
  protected abstract double tolerance();

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
   * @param inputGradients as many as inputs
   * @param weightGradients of every weight of the trial
   */
  public record Outcome(
      List<double[]> outputs,
      List<double[]> inputGradients,
      Map<Parameter, double[]> weightGradients) {}
}
