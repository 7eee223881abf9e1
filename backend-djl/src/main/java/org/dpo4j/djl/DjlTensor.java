package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import org.dpo4j.layout.Axis;
import org.dpo4j.tensor.Tensor;

/** {@code [axis, columns]} in native memory. */
record DjlTensor(DjlTensorOps ops, PtNDArray array, Axis axis, int columns) implements Tensor {
  static PtNDArray array(Tensor x) {
    return ((DjlTensor) x).array();
  }
}
