package org.dpo4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Map;
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
      if (trace.attends()) rows(layout.causalRows());
    } catch (OrtException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void rows(TokenLayout.CausalRows rows) throws OrtException {
    int[] last = new int[rows.rows()];
    // A row without a token keeps its padding as one: nothing reads its result.
    for (int r = 0; r < last.length; r++) last[r] = Math.max(rows.rowLengths()[r] - 1, 0);
    ints(AttentionRows.TOKEN_OF_SLOT, rows.tokenOfSlot(), rows.rows(), rows.width());
    ints(AttentionRows.SLOT_OF_TOKEN, rows.slotOfToken(), rows.slotOfToken().length);
    ints(AttentionRows.LAST_OF_ROW, last, last.length);
    ints(AttentionRows.WIDTH, new int[] {rows.width()});
  }

  private void ints(String name, int[] values, long... shape) throws OrtException {
    IntBuffer buffer = direct(values.length).asIntBuffer().put(values).flip();
    tensors.put(name, OnnxTensor.createTensor(environment, buffer, shape));
  }

  /** Adds one, in float32. */
  void floats(String name, double[] values, long... shape) throws OrtException {
    FloatBuffer buffer = direct(values.length).asFloatBuffer();
    for (double v : values) buffer.put((float) v);
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
