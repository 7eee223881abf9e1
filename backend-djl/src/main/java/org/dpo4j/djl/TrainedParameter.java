package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import org.dpo4j.backend.TrainingSession.Kind;
import org.dpo4j.tensor.Parameter;

/**
 * A weight with its gradient and AdamW's state, all of one shape.
 *
 * @param gradient adds up in place
 */
record TrainedParameter(
    Parameter parameter,
    PtNDArray weight,
    PtNDArray gradient,
    PtNDArray firstMoment,
    PtNDArray secondMoment) {
  /** Everything but the weight starts at zero. */
  static TrainedParameter of(PtNDManager scope, DataType type, Parameter p, PtNDArray weight) {
    long[] shape = ParameterArrays.shape(p);
    return new TrainedParameter(
        p,
        weight,
        NativeArrays.zeros(scope, type, shape),
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
