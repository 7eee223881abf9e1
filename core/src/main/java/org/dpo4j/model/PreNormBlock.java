package org.dpo4j.model;

import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;

/** {@code y = x + attention(norm(x))}, then {@code y + mlp(norm(y))}. */
record PreNormBlock(Layer attentionNorm, Layer attention, Layer mlpNorm, Layer mlp)
    implements Layer {
  @Override
  public Tensor apply(TensorOps ops, Tensor x) {
    Tensor y = x.plus(attention.apply(ops, attentionNorm.apply(ops, x)));
    return y.plus(mlp.apply(ops, mlpNorm.apply(ops, y)));
  }

  @Override
  public List<Parameter> parameters() {
    return Stream.of(attentionNorm, attention, mlpNorm, mlp)
        .flatMap(l -> l.parameters().stream())
        .toList();
  }
}
