package org.dpo4j.model;

import java.util.List;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;

/**
 * Root-mean-square norm (Zhang 2019).
 *
 * @param weight a vector as long as the row, or as a head
 * @param offset added to the weight
 */
record RmsNorm(Parameter weight, double eps, double offset) implements Layer {
  static RmsNorm of(String name, int width, double eps) {
    return new RmsNorm(Parameter.vector(name + ".weight", width), eps, 0);
  }

  @Override
  public Tensor apply(TensorOps ops, Tensor x) {
    return ops.rmsNorm(x, weight, eps, offset);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight);
  }
}
