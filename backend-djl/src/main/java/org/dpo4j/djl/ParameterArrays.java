package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;

/** Tensors of the shape of a parameter, and their way in and out in blocks of rows. */
final class ParameterArrays {
  /** Bytes of a block on its way out. */
  private static final int BLOCK = 1 << 24;

  private ParameterArrays() {}

  static long[] shape(Parameter p) {
    return p.vector() ? new long[] {p.columns()} : new long[] {p.rows(), p.columns()};
  }

  /** A new array, filled from the source. */
  static PtNDArray read(PtNDManager scope, DataType type, Parameter p, WeightSource source) {
    PtNDArray array = NativeArrays.empty(scope, type, shape(p));
    fill(array, p, source);
    return array;
  }

  /** Overwrites an array with what the source has under the parameter's name. */
  static void fill(PtNDArray array, Parameter p, WeightSource source) {
    int[] filled = {0};
    source.read(
        p,
        (firstRow, values) -> {
          int rows = values.remaining() / p.columns();
          if (firstRow != filled[0] || values.remaining() != rows * p.columns()) {
            throw new IllegalArgumentException(
                p.name()
                    + ": "
                    + values.remaining()
                    + " numbers from row "
                    + firstRow
                    + " after "
                    + filled[0]
                    + " rows of "
                    + p.columns());
          }
          NativeArrays.write(array, firstRow, rows, values);
          filled[0] += rows;
        });
    if (filled[0] != p.rows()) {
      throw new IllegalArgumentException(
          p.name() + " came with " + filled[0] + " rows of " + p.rows());
    }
  }

  /** Hands an array out, some rows at a time. */
  static void stream(PtNDArray array, Parameter p, WeightSource.RowBlocks blocks) {
    int step = Math.max(1, BLOCK / (Double.BYTES * p.columns()));
    for (int row = 0; row < p.rows(); row += step) {
      int rows = Math.min(step, p.rows() - row);
      try (PtNDArray part = NativeArrays.rows(array, row, rows)) {
        blocks.accept(row, NativeArrays.floats(part));
      }
    }
  }
}
