package org.dpo4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;

/** The tensors that a graph reads of a batch, by name. */
final class BatchInputs implements AutoCloseable {
  private final OrtEnvironment environment;
  private final Map<String, OnnxTensor> tensors = new HashMap<>();

  /** Makes those that a trace has asked for. */
  BatchInputs(OrtEnvironment environment, OnnxTensorOps trace, Batch batch) throws OrtException {
    this.environment = environment;
    try {
      TokenLayout layout = batch.layout();
      for (Index i : trace.indexes()) {
        int[] values = layout.values(i);
        ints(i.name(), values, values.length);
      }
      for (Column c : trace.columns()) {
        double[] values = batch.values(c);
        floats(c.name(), values, values.length / c.width(), c.width());
      }
      TiledAttention attention = trace.attention();
      if (attention != null) attention.feed(layout, this);
    } catch (OrtException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Adds one of indexes. */
  void ints(String name, int[] values, long... shape) throws OrtException {
    IntBuffer buffer = direct(values.length).asIntBuffer().put(values).flip();
    tensors.put(name, OnnxTensor.createTensor(environment, buffer, shape));
  }

  /** Adds one, in float32. */
  void floats(String name, double[] values, long... shape) throws OrtException {
    floats(
        name,
        floats -> {
          for (double v : values) floats.put((float) v);
        },
        shape);
  }

  /** Adds one that is written in place. */
  void floats(String name, Consumer<FloatBuffer> write, long... shape) throws OrtException {
    int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    FloatBuffer buffer = direct(size).asFloatBuffer();
    write.accept(buffer);
    tensors.put(name, OnnxTensor.createTensor(environment, buffer.flip(), shape));
  }

  private static ByteBuffer direct(int numbers) {
    return ByteBuffer.allocateDirect(Integer.BYTES * numbers).order(ByteOrder.nativeOrder());
  }

  /** For a run of the session, before this is closed. */
  Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
  }
}
