package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Rotary;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Attention over one right-padded row per completion: tokens are gathered into rows, rows
 * multiplied head by head and block by block, and gathered back. Causal, so padding at the end of a
 * row is never looked at.
 */
final class AttentionGraph {
  /** Rows are so many times as wide as a block of queries; no block looks at keys behind it. */
  static final int BLOCKS = 4;

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
    Operand<TInt32> block = tf.math.floorDiv(width, scalar(BLOCKS));
    Operand<TFloat32> keys = inRows(turned(k, a.kvHeads()), tokenOfSlot);
    Operand<TFloat32> values =
        inRows(tf.reshape(v, ints(-1, a.kvHeads(), a.headDim())), tokenOfSlot);
    Operand<TFloat32> scaled = tf.math.mul(turned(q, a.heads()), tf.constant((float) a.scale()));
    List<Output<TFloat32>> queries =
        tf.split(scalar(2), inRows(scaled, tokenOfSlot), (long) BLOCKS).output();
    List<Operand<TFloat32>> mixed = new ArrayList<>();
    for (int b = 0; b < BLOCKS; b++) {
      Operand<TInt32> from = tf.math.mul(block, scalar(b));
      Operand<TInt32> to = tf.math.mul(block, scalar(b + 1));
      mixed.add(block(queries.get(b), cut(keys, to), cut(values, to), rows, from, to));
    }
    return tf.gather(
        tf.reshape(tf.concat(mixed, scalar(1)), ints(-1, a.heads() * a.headDim())),
        inputs.slots().slotOfToken(),
        scalar(0));
  }

  /** The first places of each row: {@code [rows, heads, width, headDim]} to {@code to} wide. */
  private Operand<TFloat32> cut(Operand<TFloat32> x, Operand<TInt32> to) {
    return tf.slice(x, ints(0, 0, 0, 0), shape(scalar(-1), scalar(-1), to, scalar(-1)));
  }

  /**
   * Queries of the places {@code from} to {@code to}, all keys up to there.
   *
   * @return {@code [rows, to - from, heads, headDim]}
   */
  private Operand<TFloat32> block(
      Operand<TFloat32> queries,
      Operand<TFloat32> keys,
      Operand<TFloat32> values,
      Operand<TInt32> rows,
      Operand<TInt32> from,
      Operand<TInt32> to) {
    Operand<TInt32> length = tf.math.sub(to, from);
    // Query heads of one key head lie side by side, so they are one product.
    Operand<TInt32> together = tf.math.mul(length, scalar(a.heads() / a.kvHeads()));
    Operand<TInt32> kvHeads = scalar(a.kvHeads());
    Operand<TInt32> dim = scalar(a.headDim());
    Operand<TFloat32> products =
        batchProduct(tf.reshape(queries, shape(rows, kvHeads, together, dim)), keys, true);
    Operand<TFloat32> scores = tf.reshape(products, shape(rows, scalar(a.heads()), length, to));
    if (a.softCap() > 0) {
      Operand<TFloat32> bent =
          tf.math.tanh(tf.math.mul(scores, tf.constant((float) (1 / a.softCap()))));
      scores = tf.math.mul(bent, tf.constant((float) a.softCap()));
    }
    Operand<TFloat32> probabilities = tf.nn.softmax(tf.math.add(scores, mask(from, to)));
    Operand<TFloat32> mixed =
        batchProduct(tf.reshape(probabilities, shape(rows, kvHeads, together, to)), values, false);
    return tf.linalg.transpose(
        tf.reshape(mixed, shape(rows, scalar(a.heads()), length, dim)), ints(0, 2, 1, 3));
  }

  /**
   * In version 2 of the operation, which oneDNN has, too; of version 3, which Java's operations
   * make, Eigen's alone is there.
   */
  private Operand<TFloat32> batchProduct(
      Operand<TFloat32> x, Operand<TFloat32> y, boolean transposed) {
    OperationBuilder product = tf.scope().opBuilder("BatchMatMulV2", "BatchMatMulV2");
    product.addInput(x.asOutput()).addInput(y.asOutput()).setAttr("adj_y", transposed);
    return product.build().<TFloat32>output(0);
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

  /** {@code [to - from, to]}: 0 where a token sees another, far below 0 elsewhere. */
  private Operand<TFloat32> mask(Operand<TInt32> from, Operand<TInt32> to) {
    Operand<TInt32> seeing = tf.range(from, to, scalar(1));
    Operand<TInt32> seen = tf.range(scalar(0), to, scalar(1));
    Operand<TInt32> distance =
        tf.math.sub(tf.expandDims(seeing, scalar(1)), tf.expandDims(seen, scalar(0)));
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
