package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.Index;

/** A batch's indexes, columns and attention masks in native memory, each made at its first use. */
final class BatchArrays {
  /**
   * @param ranges of all blocks, one after another
   * @param bounds {@code [blocks + 1]}: where each block's ranges begin
   * @param masks {@code [queries, keys]} each; without numbers where the block is simply causal
   */
  @SuppressWarnings("ArrayRecordComponent") // on its way into the engine
  record Blocks(long[] ranges, long[] bounds, PtNDArray[] masks) {}

  private record BlocksKey(int window, boolean allMasked) {}

  private final PtNDManager scope;
  private final DataType type;
  private final Batch batch;
  private final Map<Index, PtNDArray> indexes = new HashMap<>();
  private final Map<Column, PtNDArray> columns = new HashMap<>();
  private final Map<BlocksKey, Blocks> blocks = new HashMap<>();

  BatchArrays(PtNDManager scope, DataType type, Batch batch) {
    this.scope = scope;
    this.type = type;
    this.batch = batch;
  }

  DataType type() {
    return type;
  }

  Batch batch() {
    return batch;
  }

  PtNDArray index(Index i) {
    return indexes.computeIfAbsent(
        i,
        k -> {
          int[] values = batch.layout().values(k);
          return NativeArrays.indexes(scope, values, 0, values.length);
        });
  }

  PtNDArray column(Column c) {
    return columns.computeIfAbsent(
        c,
        k -> {
          double[] values = batch.values(k);
          return NativeArrays.numbers(scope, type, values, 0, values.length / k.width(), k.width());
        });
  }

  /**
   * How attention runs over this batch.
   *
   * @param window as in {@link org.dpo4j.tensor.Attention}
   * @param allMasked whether simply causal blocks get a mask too
   */
  Blocks blocks(int window, boolean allMasked) {
    return blocks.computeIfAbsent(new BlocksKey(window, allMasked), this::blocks);
  }

  private Blocks blocks(BlocksKey key) {
    List<AttentionPlan.Block> plan = AttentionPlan.of(batch.layout());
    List<Long> ranges = new ArrayList<>();
    long[] bounds = new long[plan.size() + 1];
    PtNDArray[] masks = new PtNDArray[plan.size()];
    for (int i = 0; i < masks.length; i++) {
      AttentionPlan.Block block = plan.get(i);
      for (long r : block.ranges()) ranges.add(r);
      bounds[i + 1] = ranges.size();
      boolean masked = !block.square() || key.allMasked || within(key.window, block.queries());
      masks[i] =
          masked
              ? NativeArrays.numbers(
                  scope,
                  type,
                  block.mask(key.window),
                  0,
                  block.queries(),
                  block.past() + block.queries())
              : NativeArrays.empty(scope, type, 0, 0);
    }
    return new Blocks(ranges.stream().mapToLong(Long::longValue).toArray(), bounds, masks);
  }

  private static boolean within(int window, int queries) {
    return window > 0 && window < queries;
  }
}
