package org.dpo4j.backend;

import java.util.Locale;
import java.util.regex.Pattern;
import org.dpo4j.tensor.Parameter;

/**
 * AdamW (Loshchilov 2019, algorithm 2) with PyTorch's semantics: {@code p -= lr wd p}, then {@code
 * p -= lr/c1 * m / (sqrt(v)/sqrt(c2) + eps)}, {@code c = 1 - beta^t}. The gradient is first scaled
 * by {@code min(1, maxGradNorm / (norm + 1e-6))}, the norm over all parameters.
 *
 * @param beta1 in [0, 1)
 * @param beta2 in [0, 1)
 * @param epsilon not negative
 * @param weightDecay not negative
 * @param maxGradNorm 0: no clip
 */
public record OptimizerOptions(
    double beta1, double beta2, double epsilon, double weightDecay, double maxGradNorm) {
  private static final Pattern UNDECAYED =
      Pattern.compile("bias|layernorm|rmsnorm|(?:^|\\.)norm(?:$|\\.)|_norm(?:$|\\.)");

  public OptimizerOptions {
    inRange("adam_beta1", beta1, 0, 1);
    inRange("adam_beta2", beta2, 0, 1);
    inRange("adam_epsilon", epsilon, 0, Double.POSITIVE_INFINITY);
    inRange("weight_decay", weightDecay, 0, Double.POSITIVE_INFINITY);
    inRange("max_grad_norm", maxGradNorm, 0, Double.POSITIVE_INFINITY);
  }

  private static void inRange(String name, double value, double from, double below) {
    if (!(value >= from && value < below)) {
      throw new IllegalArgumentException(
          name + " is " + value + ", expected at least " + from + " and below " + below);
    }
  }

  /** TRL's: 0.9, 0.999, 1e-8, no decay, clip at 1. */
  public static OptimizerOptions defaults() {
    return new OptimizerOptions(0.9, 0.999, 1e-8, 0, 1);
  }

  public OptimizerOptions withBeta1(double b) {
    return new OptimizerOptions(b, beta2, epsilon, weightDecay, maxGradNorm);
  }

  public OptimizerOptions withBeta2(double b) {
    return new OptimizerOptions(beta1, b, epsilon, weightDecay, maxGradNorm);
  }

  public OptimizerOptions withEpsilon(double e) {
    return new OptimizerOptions(beta1, beta2, e, weightDecay, maxGradNorm);
  }

  public OptimizerOptions withWeightDecay(double decay) {
    return new OptimizerOptions(beta1, beta2, epsilon, decay, maxGradNorm);
  }

  public OptimizerOptions withMaxGradNorm(double norm) {
    return new OptimizerOptions(beta1, beta2, epsilon, weightDecay, norm);
  }

  /** Whether weight decay applies, by transformers' rule of names: not to biases and norms. */
  public static boolean decays(Parameter parameter) {
    return !UNDECAYED.matcher(parameter.name().toLowerCase(Locale.ROOT)).find();
  }
}
