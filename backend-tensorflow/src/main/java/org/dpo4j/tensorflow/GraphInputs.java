package org.dpo4j.tensorflow;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What a batch feeds into a graph: indexes, columns, and the slots of attention. Lengths of axes
 * are left open, so one graph serves every shape.
 */
final class GraphInputs {
  /**
   * The slots of {@link TokenLayout.CausalRows}.
   *
   * @param tokenOfSlot {@code [rows, width]}
   * @param slotOfToken {@code [tokens]}
   */
  record Slots(Placeholder<TInt32> tokenOfSlot, Placeholder<TInt32> slotOfToken) {}

  private final Ops tf;
  private final Map<Index, Placeholder<TInt32>> indexes = new LinkedHashMap<>();
  private final Map<Column, Placeholder<TFloat32>> columns = new LinkedHashMap<>();
  private @Nullable Slots slots;

  GraphInputs(Ops tf) {
    this.tf = tf;
  }

  Operand<TInt32> index(Index i) {
    return indexes.computeIfAbsent(i, k -> ints(Shape.of(-1)));
  }

  Operand<TFloat32> column(Column c) {
    return columns.computeIfAbsent(
        c, k -> tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, c.width()))));
  }

  Slots slots() {
    if (slots == null) slots = new Slots(ints(Shape.of(-1, -1)), ints(Shape.of(-1)));
    return slots;
  }

  private Placeholder<TInt32> ints(Shape shape) {
    return tf.placeholder(TInt32.class, Placeholder.shape(shape));
  }

  /** Feeds all of a batch that the graph reads. */
  void feed(Run run, Batch batch) {
    TokenLayout layout = batch.layout();
    indexes.forEach((i, p) -> run.feed(p, Shape.of(layout.length(i.from())), layout.values(i)));
    columns.forEach(
        (c, p) -> run.feed(p, Shape.of(length(layout, c.axis()), c.width()), batch.values(c)));
    if (slots == null) return;
    TokenLayout.CausalRows rows = layout.causalRows();
    // As many more slots as make each row a multiple of blocks wide.
    int blocks = AttentionGraph.BLOCKS;
    int width = (rows.width() + blocks - 1) / blocks * blocks;
    int[] tokenOfSlot = new int[rows.rows() * width];
    for (int r = 0; r < rows.rows(); r++) {
      System.arraycopy(rows.tokenOfSlot(), r * rows.width(), tokenOfSlot, r * width, rows.width());
    }
    int[] slotOfToken =
        Arrays.stream(rows.slotOfToken())
            .map(slot -> slot / rows.width() * width + slot % rows.width())
            .toArray();
    run.feed(slots.tokenOfSlot(), Shape.of(rows.rows(), width), tokenOfSlot);
    run.feed(slots.slotOfToken(), Shape.of(slotOfToken.length), slotOfToken);
  }

  private static int length(TokenLayout layout, Axis axis) {
    return layout.length(axis);
  }
}
