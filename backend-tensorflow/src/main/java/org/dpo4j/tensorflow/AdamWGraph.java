package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.tensor.Parameter;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The norm of the gradients, and AdamW (Loshchilov 2019), weight by weight. */
final class AdamWGraph {
  private final Ops tf;
  private final OptimizerOptions options;
  private final List<Parameter> parameters;
  private final Variables weights;
  private final Variables gradients;
  private final Variables firstMoments;
  private final Variables secondMoments;
  private final Placeholder<TFloat32> learningRate;
  private final Placeholder<TFloat32> decay;
  private final Placeholder<TFloat32> epsilon;
  private final Placeholder<TFloat32> clip;
  private final Operand<TFloat32> norm;
  private final Op zeroMoments;
  private final Op apply;

  AdamWGraph(
      Ops tf,
      OptimizerOptions options,
      List<Parameter> parameters,
      Variables weights,
      Variables gradients) {
    this.tf = tf;
    this.options = options;
    this.parameters = parameters;
    this.weights = weights;
    this.gradients = gradients;
    firstMoments = new Variables(tf, "firstMoment");
    secondMoments = new Variables(tf, "secondMoment");
    learningRate = scalar();
    decay = scalar();
    epsilon = scalar();
    clip = scalar();
    norm = normOfGradients();
    zeroMoments =
        InTurn.group(
            tf,
            List.of(
                InTurn.over(tf, parameters, firstMoments::assignZeros),
                InTurn.over(tf, parameters, secondMoments::assignZeros)));
    apply = InTurn.over(tf, parameters, this::update);
  }

  private Placeholder<TFloat32> scalar() {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
  }

  private Operand<TFloat32> normOfGradients() {
    List<Operand<TFloat32>> halves = new ArrayList<>();
    for (Parameter p : parameters) halves.add(tf.nn.l2Loss(gradients.read(tf, p)));
    return tf.math.sqrt(tf.math.mul(tf.math.addN(halves), tf.constant(2f)));
  }

  /** One weight's. */
  private Op update(Ops first, Parameter p) {
    Ops at = first;
    if (options.weightDecay() > 0 && OptimizerOptions.decays(p)) {
      Operand<TFloat32> less = at.math.mul(weights.read(at, p), decay);
      at = tf.withControlDependencies(List.of(at.assignSubVariableOp(weights.handle(p), less)));
    }
    // Bias corrections are in the learning rate and epsilon that are fed: in float32, as this
    // operation would compute them, 1 - 0.999 is off by 1e-5. So its own powers are 0.
    Operand<TFloat32> none = tf.constant(0f);
    return at.train.resourceApplyAdam(
        weights.handle(p),
        firstMoments.handle(p),
        secondMoments.handle(p),
        none,
        none,
        learningRate,
        tf.constant((float) options.beta1()),
        tf.constant((float) options.beta2()),
        epsilon,
        at.math.mul(gradients.read(at, p), clip));
  }

  Variables firstMoments() {
    return firstMoments;
  }

  Variables secondMoments() {
    return secondMoments;
  }

  Op zeroMoments() {
    return zeroMoments;
  }

  /** The L2 norm of all gradients. */
  Operand<TFloat32> norm() {
    return norm;
  }

  /**
   * One step: feeds its scalars and runs.
   *
   * @param step this one's number, from 1
   * @param clipBy what gradients are multiplied with first
   */
  void apply(Run run, double rate, long step, double clipBy) {
    double c1 = 1 - Math.pow(options.beta1(), (double) step);
    double c2 = Math.sqrt(1 - Math.pow(options.beta2(), (double) step));
    run.feed(learningRate, rate * c2 / c1)
        .feed(epsilon, options.epsilon() * c2)
        .feed(decay, rate * options.weightDecay())
        .feed(clip, clipBy)
        .target(apply)
        .run()
        .close();
  }
}
