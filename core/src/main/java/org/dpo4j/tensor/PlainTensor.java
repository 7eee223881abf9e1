package org.dpo4j.tensor;

import java.util.Arrays;
import org.dpo4j.layout.Axis;
import org.jspecify.annotations.Nullable;

/** A value of {@link PlainTensorOps}, row by row, and the gradient with respect to it. */
final class PlainTensor implements Tensor {
  private final PlainTensorOps ops;
  private final Axis axis;
  private final int columns;
  final double[] values;

  /** Whether a gradient is wanted. */
  final boolean tracked;

  private double @Nullable [] gradient;

  PlainTensor(
      PlainTensorOps ops,
      Axis axis,
      int columns,
      double[] values,
      boolean tracked,
      double @Nullable [] gradient) {
    this.ops = ops;
    this.axis = axis;
    this.columns = columns;
    this.values = values;
    this.tracked = tracked;
    this.gradient = gradient;
  }

  int rows() {
    return values.length / columns;
  }

  /** Where to add to the gradient. */
  double[] gradient() {
    if (gradient == null) gradient = new double[values.length];
    return gradient;
  }

  @Override
  public TensorOps ops() {
    return ops;
  }

  @Override
  public Axis axis() {
    return axis;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public String toString() {
    return "[" + axis + " = " + rows() + ", " + columns + "] " + Arrays.toString(values);
  }
}
