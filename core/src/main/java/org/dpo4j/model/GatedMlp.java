package org.dpo4j.model;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;

/** {@code down(activation(gate(x)) * up(x))} (Shazeer 2020, eq. 6). */
record GatedMlp(Linear gate, Linear up, Linear down, UnaryOperator<Tensor> activation)
    implements Layer {
  @Override
  public Tensor apply(TensorOps ops, Tensor x) {
    Tensor gated = activation.apply(ops.linear(x, gate)).times(ops.linear(x, up));
    return ops.linear(gated, down);
  }

  @Override
  public List<Parameter> parameters() {
    return Stream.of(gate, up, down).flatMap(l -> l.parameters().stream()).toList();
  }
}
