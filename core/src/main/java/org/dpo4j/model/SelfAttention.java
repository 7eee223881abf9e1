package org.dpo4j.model;

import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;

/** Attention with a projection each for queries, keys and values, and one of what comes out. */
record SelfAttention(Attention attention, Linear q, Linear k, Linear v, Linear out)
    implements Layer {
  @Override
  public Tensor apply(TensorOps ops, Tensor x) {
    Tensor mixed = ops.attention(attention, ops.linear(x, q), ops.linear(x, k), ops.linear(x, v));
    return ops.linear(mixed, out);
  }

  @Override
  public List<Parameter> parameters() {
    return Stream.of(q, k, v, out).flatMap(l -> l.parameters().stream()).toList();
  }
}
