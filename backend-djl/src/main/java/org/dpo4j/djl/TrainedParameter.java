package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import org.dpo4j.backend.TrainingSession.Kind;
import org.dpo4j.tensor.Parameter;

/**
 * A weight with its gradient and AdamW's state, all of one shape.
 *
 * @param weight autograd's leaf
 * @param gradient the leaf's own gradient: autograd and our kernels add to it in place
 */
record TrainedParameter(
    Parameter parameter,
    PtNDArray weight,
    PtNDArray gradient,
    PtNDArray firstMoment,
    PtNDArray secondMoment) {
  /** Makes a weight trainable; everything else starts at zero. Needs gradient mode on. */
  static TrainedParameter of(PtNDManager scope, DataType type, Parameter p, PtNDArray weight) {
    weight.setRequiresGradient(true);
    long[] shape = ParameterArrays.shape(p);
    try (PtNDArray zero = NativeArrays.zeros(scope, type, shape)) {
      JniUtils.backward(
          weight, zero, false, false); // PyTorch makes a gradient at the first backward
    }
    return new TrainedParameter(
        p,
        weight,
        weight.getGradient(),
        NativeArrays.zeros(scope, type, shape),
        NativeArrays.zeros(scope, type, shape));
  }

  PtNDArray array(Kind kind) {
    return switch (kind) {
      case WEIGHT -> weight;
      case FIRST_MOMENT -> firstMoment;
      case SECOND_MOMENT -> secondMoment;
      case GRADIENT -> gradient;
    };
  }
}
