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
   * @param sizes {@code [blocks]}: queries of each
   * @param spans of all blocks, one after another, three numbers each
   * @param bounds {@code [blocks + 1]}: where each block's spans begin
   * @param masks {@code [queries, keys]} each; without numbers where the block is simply causal
   */
  @SuppressWarnings("ArrayRecordComponent") // on its way into the engine
  record Blocks(long[] sizes, long[] spans, long[] bounds, PtNDArray[] masks) {}

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
    List<Integer> spans = new ArrayList<>();
    long[] bounds = new long[plan.size() + 1];
    PtNDArray[] masks = new PtNDArray[plan.size()];
    for (int i = 0; i < masks.length; i++) {
      AttentionPlan.Block block = plan.get(i);
      for (AttentionPlan.Span s : block.past())
        spans.addAll(List.of(s.block(), s.start(), s.end()));
      bounds[i + 1] = spans.size();
      boolean masked = !block.square() || key.allMasked || within(key.window, block.queries());
      masks[i] =
          masked
              ? NativeArrays.numbers(
                  scope, type, block.mask(key.window), 0, block.queries(), block.keys())
              : NativeArrays.empty(scope, type, 0, 0);
    }
    return new Blocks(
        plan.stream().mapToLong(AttentionPlan.Block::queries).toArray(),
        spans.stream().mapToLong(Integer::longValue).toArray(),
        bounds,
        masks);
  }

  private static boolean within(int window, int queries) {
    return window > 0 && window < queries;
  }
}
