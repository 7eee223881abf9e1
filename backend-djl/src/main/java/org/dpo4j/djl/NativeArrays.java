package org.dpo4j.djl;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * Numbers between Java and arrays in PyTorch's own memory. DJL's {@code create} lets an array live
 * in a Java buffer that may be collected while autograd still holds it; here PyTorch owns the
 * memory and Java writes through a view.
 */
final class NativeArrays {
  private NativeArrays() {}

  static PtNDArray empty(PtNDManager scope, DataType type, long... shape) {
    return JniUtils.createEmptyNdArray(
        scope, new Shape(shape), type, Device.cpu(), SparseFormat.DENSE);
  }

  static PtNDArray zeros(PtNDManager scope, DataType type, long... shape) {
    return JniUtils.createZerosNdArray(
        scope, new Shape(shape), type, Device.cpu(), SparseFormat.DENSE);
  }

  /** An int64 array of one axis, what PyTorch indexes with. */
  static PtNDArray indexes(PtNDManager scope, int[] values, int from, int to) {
    PtNDArray array = empty(scope, DataType.INT64, to - from);
    if (to > from) {
      LongBuffer memory = memory(array).asLongBuffer();
      for (int i = from; i < to; i++) memory.put(values[i]);
    }
    return array;
  }

  /** {@code values} from {@code from} on, as many as the shape holds, rounded to the type. */
  static PtNDArray numbers(
      PtNDManager scope, DataType type, double[] values, int from, long... shape) {
    PtNDArray array = empty(scope, type, shape);
    int size = Math.toIntExact(array.size());
    if (size == 0) return array;
    if (type == DataType.FLOAT64) {
      memory(array).asDoubleBuffer().put(values, from, size);
    } else {
      FloatBuffer memory = memory(array).asFloatBuffer();
      for (int i = from; i < from + size; i++) memory.put((float) values[i]);
    }
    return array;
  }

  /** Reads an array out, row by row; it need not lie in one piece. */
  static double[] toDoubles(PtNDArray array) {
    double[] values = new double[Math.toIntExact(array.size())];
    if (values.length == 0) return values;
    if (array.getDataType() == DataType.FLOAT64) {
      memory(array).asDoubleBuffer().get(values);
    } else {
      FloatBuffer memory = memory(array).asFloatBuffer();
      for (int i = 0; i < values.length; i++) values[i] = memory.get();
    }
    return values;
  }

  /** The numbers of an array, row by row, to be read while it is open. */
  static FloatBuffer floats(PtNDArray array) {
    if (array.getDataType() == DataType.FLOAT32) {
      return memory(array).asFloatBuffer().asReadOnlyBuffer();
    }
    double[] values = toDoubles(array);
    FloatBuffer rounded = FloatBuffer.allocate(values.length);
    for (double v : values) rounded.put((float) v);
    return rounded.flip();
  }

  /** Overwrites whole rows of an array {@code [rows, columns]} or {@code [columns]}. */
  static void write(PtNDArray array, int firstRow, int rows, FloatBuffer values) {
    try (PtNDArray part = rows(array, firstRow, rows)) {
      if (part.getDataType() == DataType.FLOAT64) {
        DoubleBuffer memory = memory(part).asDoubleBuffer();
        while (values.hasRemaining()) memory.put(values.get());
      } else {
        memory(part).asFloatBuffer().put(values);
      }
    }
  }

  /**
   * Some rows of an array {@code [rows, columns]}, or all of an array {@code [columns]}; a view.
   */
  static PtNDArray rows(PtNDArray array, int firstRow, int rows) {
    return array.getShape().dimension() == 1
        ? JniUtils.slice(array, 0, 0, array.size(), 1)
        : JniUtils.slice(array, 0, firstRow, firstRow + (long) rows, 1);
  }

  /** Some rows of an array, as {@link rows}; the view belongs to the scope. */
  static PtNDArray rows(PtNDManager scope, PtNDArray array, int firstRow, int rows) {
    PtNDArray view = JniUtils.slice(array, 0, firstRow, firstRow + (long) rows, 1);
    view.attach(scope);
    return view;
  }

  /** The memory of an array that lies in one piece of less than 2 GiB; valid while it is open. */
  static ByteBuffer memory(PtNDArray array) {
    return JniUtils.getByteBuffer(array, true);
  }
}
