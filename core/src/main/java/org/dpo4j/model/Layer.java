package org.dpo4j.model;

import java.util.List;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;

/** A part of a model: a function of one tensor, and the weights that it reads. */
interface Layer {
  /**
   * Traces it.
   *
   * @param x {@code [tokens, dim]}
   * @return {@code [tokens, dim]}
   */
  Tensor apply(TensorOps ops, Tensor x);

  /** In the order of a checkpoint. */
  List<Parameter> parameters();
}
