package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Rotary;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Attention over one right-padded row per completion: tokens are gathered into rows, rows
 * multiplied head by head, and gathered back. Causal, so padding at the end of a row is never
 * looked at.
 */
final class AttentionGraph {
  private static final float MASKED = -1e9f;

  private final Ops tf;
  private final Attention a;
  private final GraphInputs inputs;

  AttentionGraph(Ops tf, Attention a, GraphInputs inputs) {
    this.tf = tf;
    this.a = a;
    this.inputs = inputs;
  }

  Operand<TFloat32> tokens(Operand<TFloat32> q, Operand<TFloat32> k, Operand<TFloat32> v) {
    Operand<TInt32> tokenOfSlot = inputs.slots().tokenOfSlot();
    Operand<TInt32> shape = tf.shape(tokenOfSlot);
    Operand<TInt32> rows = tf.gather(shape, scalar(0), scalar(0));
    Operand<TInt32> width = tf.gather(shape, scalar(1), scalar(0));
    int groups = a.heads() / a.kvHeads();
    Operand<TInt32> queries = tf.math.mul(width, scalar(groups));
    Operand<TFloat32> keys = inRows(turned(k, a.kvHeads()), tokenOfSlot);
    Operand<TFloat32> values =
        inRows(tf.reshape(v, ints(-1, a.kvHeads(), a.headDim())), tokenOfSlot);
    // Query heads of one key head lie side by side, so they are one product.
    Operand<TFloat32> grouped =
        tf.reshape(
            inRows(turned(q, a.heads()), tokenOfSlot),
            shape(rows, scalar(a.kvHeads()), queries, scalar(a.headDim())));
    Operand<TFloat32> products =
        tf.train.batchMatMul(grouped, keys, TFloat32.class, BatchMatMul.adjY(true));
    Operand<TFloat32> scores =
        tf.math.mul(
            tf.reshape(products, shape(rows, scalar(a.heads()), width, width)),
            tf.constant((float) a.scale()));
    if (a.softCap() > 0) {
      Operand<TFloat32> bent =
          tf.math.tanh(tf.math.mul(scores, tf.constant((float) (1 / a.softCap()))));
      scores = tf.math.mul(bent, tf.constant((float) a.softCap()));
    }
    Operand<TFloat32> probabilities = tf.nn.softmax(tf.math.add(scores, mask(width)));
    Operand<TFloat32> mixed =
        tf.train.batchMatMul(
            tf.reshape(probabilities, shape(rows, scalar(a.kvHeads()), queries, width)),
            values,
            TFloat32.class);
    Operand<TFloat32> byToken =
        tf.linalg.transpose(
            tf.reshape(mixed, shape(rows, scalar(a.heads()), width, scalar(a.headDim()))),
            ints(0, 2, 1, 3));
    return tf.gather(
        tf.reshape(byToken, ints(-1, a.heads() * a.headDim())),
        inputs.slots().slotOfToken(),
        scalar(0));
  }

  /** {@code [tokens, heads, headDim] -> [rows, heads, width, headDim]}. */
  private Operand<TFloat32> inRows(Operand<TFloat32> x, Operand<TInt32> tokenOfSlot) {
    return tf.linalg.transpose(tf.gather(x, tokenOfSlot, scalar(0)), ints(0, 2, 1, 3));
  }

  /** Queries or keys under their rotation, {@code [tokens, heads, headDim]}. */
  private Operand<TFloat32> turned(Operand<TFloat32> flat, int heads) {
    Operand<TFloat32> x = tf.reshape(flat, ints(-1, heads, a.headDim()));
    Rotary rotary = a.rotary();
    if (rotary == null) return x;
    int half = rotary.dims() / 2;
    Operand<TFloat32> cos = tf.expandDims(inputs.column(rotary.cos()), scalar(1));
    Operand<TFloat32> sin = tf.expandDims(inputs.column(rotary.sin()), scalar(1));
    Operand<TFloat32> first = tf.slice(x, ints(0, 0, 0), ints(-1, -1, half));
    Operand<TFloat32> second = tf.slice(x, ints(0, 0, half), ints(-1, -1, half));
    List<Operand<TFloat32>> parts = new ArrayList<>();
    parts.add(tf.math.sub(tf.math.mul(first, cos), tf.math.mul(second, sin)));
    parts.add(tf.math.add(tf.math.mul(second, cos), tf.math.mul(first, sin)));
    int rest = a.headDim() - rotary.dims();
    if (rest > 0) parts.add(tf.slice(x, ints(0, 0, rotary.dims()), ints(-1, -1, rest)));
    return tf.concat(parts, scalar(-1));
  }

  /** {@code [width, width]}: 0 where a token sees another, far below 0 elsewhere. */
  private Operand<TFloat32> mask(Operand<TInt32> width) {
    Operand<TInt32> places = tf.range(scalar(0), width, scalar(1));
    Operand<TInt32> distance =
        tf.math.sub(tf.expandDims(places, scalar(1)), tf.expandDims(places, scalar(0)));
    Operand<TFloat32> hidden = tf.dtypes.cast(tf.math.less(distance, scalar(0)), TFloat32.class);
    if (a.window() > 0) {
      hidden =
          tf.math.add(
              hidden,
              tf.dtypes.cast(tf.math.greaterEqual(distance, scalar(a.window())), TFloat32.class));
    }
    return tf.math.mul(hidden, tf.constant(MASKED));
  }

  private Operand<TInt32> scalar(int value) {
    return tf.constant(value);
  }

  private Operand<TInt32> ints(int... values) {
    return tf.constant(values);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private final Operand<TInt32> shape(Operand<TInt32>... dimensions) {
    return tf.stack(List.of(dimensions));
  }
}
