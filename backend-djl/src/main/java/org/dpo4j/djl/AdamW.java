package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.Collection;
import java.util.List;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.TrainingSession.Kind;

/** PyTorch's fused AdamW over two groups of parameters, those that decay and the others. */
final class AdamW {
  private final Kernels kernels;
  private final OptimizerOptions options;
  private final List<TrainedParameter> decayed;
  private final List<TrainedParameter> undecayed;
  private final PtNDArray[] gradients;

  AdamW(Kernels kernels, OptimizerOptions options, Collection<TrainedParameter> parameters) {
    this.kernels = kernels;
    this.options = options;
    decayed = parameters.stream().filter(AdamW::decays).toList();
    undecayed = parameters.stream().filter(p -> !decays(p)).toList();
    gradients = arrays(parameters, Kind.GRADIENT);
  }

  private static boolean decays(TrainedParameter p) {
    return OptimizerOptions.decays(p.parameter());
  }

  private static PtNDArray[] arrays(Collection<TrainedParameter> parameters, Kind kind) {
    return parameters.stream().map(p -> p.array(kind)).toArray(PtNDArray[]::new);
  }

  /** The global L2 norm of the gradient. */
  double norm(PtNDManager scope) {
    return NativeArrays.toDoubles(kernels.tensor(scope, "norm", (Object) gradients))[0];
  }

  /**
   * Clips and steps.
   *
   * @param norm of the gradient
   * @param step the number of this step, from 1
   */
  void step(PtNDManager scope, double norm, double learningRate, long step) {
    double clip = options.maxGradNorm() / (norm + 1e-6);
    if (options.maxGradNorm() > 0 && clip < 1) kernels.run("scale", gradients, clip);
    PtNDArray count = NativeArrays.numbers(scope, DataType.FLOAT32, new double[] {step}, 0);
    update(decayed, learningRate, options.weightDecay(), count);
    update(undecayed, learningRate, 0, count);
  }

  void zeroGradients() {
    kernels.run("zero", (Object) gradients);
  }

  private void update(
      List<TrainedParameter> group, double learningRate, double decay, PtNDArray step) {
    if (group.isEmpty()) return;
    kernels.run(
        "adamw",
        arrays(group, Kind.WEIGHT),
        arrays(group, Kind.GRADIENT),
        arrays(group, Kind.FIRST_MOMENT),
        arrays(group, Kind.SECOND_MOMENT),
        step,
        learningRate,
        options.beta1(),
        options.beta2(),
        decay,
        options.epsilon());
  }
}
