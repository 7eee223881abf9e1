package org.dpo4j.tensor;

import org.dpo4j.layout.Axis;
import org.jspecify.annotations.Nullable;

/**
 * One layer's attention: softmax(scale q k^T) v, causal along each path of the layout, grouped
 * queries (query head h reads key head h / (heads / kvHeads)).
 *
 * @param layer its number, from 0: names its cache where text is generated
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim numbers of a head
 * @param scale of the scores
 * @param softCap scores become {@code cap * tanh(score / cap)}; 0: none
 * @param window a token sees itself and {@code window - 1} before it; 0: all
 * @param rotary applied to queries and keys first; null: none
 */
public record Attention(
    int layer,
    int heads,
    int kvHeads,
    int headDim,
    double scale,
    double softCap,
    int window,
    @Nullable Rotary rotary) {
  public Attention {
    if (rotary != null && rotary.dims() > headDim) {
      throw new IllegalArgumentException(
          "rotary dims " + rotary.dims() + " for heads of " + headDim);
    }
    if (heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          heads + " query heads can't be shared out to " + kvHeads + " key heads");
    }
  }

  /** Refuses queries, keys and values of other axes or widths. */
  public void check(Tensor q, Tensor k, Tensor v) {
    TensorOps.on(q, Axis.TOKENS, "attention");
    TensorOps.on(k, Axis.TOKENS, "attention");
    TensorOps.on(v, Axis.TOKENS, "attention");
    TensorOps.wide(q, heads * headDim, "attention's queries");
    TensorOps.wide(k, kvHeads * headDim, "attention's keys");
    TensorOps.wide(v, kvHeads * headDim, "attention's values");
  }
}
