package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensorflow.TensorFlowOps.Read;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The way back, and AdamW. The gradient of the token log-probs is fed; it goes through the head
 * chunk by chunk, then through the body; what arrives at a read of a weight is added to the
 * weight's gradient. The optimizer's step is a group of operations of its own.
 */
final class TrainingGraph {
  private final Graph graph;
  private final Ops tf;
  private final OptimizerOptions optimizer;
  private final ScoringGraph forward;
  private final Variables gradients;
  private final Variables firstMoments;
  private final Variables secondMoments;
  private final Placeholder<TFloat32> gradientOfLogProbs;
  private final List<Op> ofHead = new ArrayList<>();
  private final Operand<TFloat32> gradientOfHidden;
  private @Nullable Op keeping;
  private @Nullable Op recomputing;
  private final Operand<TFloat32> norm;
  private final Op zeroGradients;
  private final Op zeroMoments;
  private final Op apply;
  private final Placeholder<TFloat32> learningRate;
  private final Placeholder<TFloat32> decay;
  private final Placeholder<TFloat32> epsilon;
  private final Placeholder<TFloat32> clip;

  TrainingGraph(
      Graph graph, CausalTransformer model, ScoringGraph forward, OptimizerOptions optimizer) {
    this.graph = graph;
    this.forward = forward;
    this.optimizer = optimizer;
    tf = forward.tf();
    gradients = new Variables(tf, "gradient");
    firstMoments = new Variables(tf, "firstMoment");
    secondMoments = new Variables(tf, "secondMoment");
    gradientOfLogProbs = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
    gradientOfHidden = throughHead();
    learningRate = scalar();
    decay = scalar();
    epsilon = scalar();
    clip = scalar();
    norm = norm(model.parameters());
    zeroGradients = inTurn(model.parameters(), gradients::assignZeros);
    zeroMoments =
        group(
            List.of(
                inTurn(model.parameters(), firstMoments::assignZeros),
                inTurn(model.parameters(), secondMoments::assignZeros)));
    apply = inTurn(model.parameters(), this::update);
  }

  private Placeholder<TFloat32> scalar() {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
  }

  /**
   * One weight after another: what an operation makes on the way is then there once, not for all.
   */
  private Op inTurn(List<Parameter> parameters, BiFunction<Ops, Parameter, Op> operation) {
    Ops at = tf;
    Op last = null;
    for (Parameter p : parameters) {
      last = operation.apply(at, p);
      at = tf.withControlDependencies(List.of(last));
    }
    return Objects.requireNonNull(last, "a model's parameters");
  }

  private Op group(List<Op> operations) {
    return tf.withControlDependencies(operations).noOp();
  }

  /** Back through the head, chunk by chunk; gives the gradient of the hidden states. */
  private Operand<TFloat32> throughHead() {
    List<Operand<TFloat32>> ofHidden = new ArrayList<>();
    Op before = gradientOfLogProbs;
    for (int chunk = 0; chunk < ScoringGraph.CHUNKS; chunk++) {
      Ops at = tf.withControlDependencies(List.of(before));
      TensorFlowOps ops = forward.trace(at);
      Operand<TFloat32> states = at.identity(forward.cut(at, forward.hiddenStates(), chunk));
      Operand<TFloat32> logProbs =
          ops.operand(forward.head(ops, states, chunk, at, Set.of()).logProbs());
      Gradients of =
          gradients(
              "head" + chunk, logProbs, forward.cut(at, gradientOfLogProbs, chunk), ops, states);
      List<Op> added = add(of, at);
      ofHead.addAll(added);
      ofHidden.add(of.ofInput());
      before = added.isEmpty() ? of.ofInput() : group(added);
    }
    return tf.concat(ofHidden, tf.constant(0));
  }

  /** Back through the body as a whole: all that its way forward made is kept until then. */
  private Op keeping() {
    List<Op> done = new ArrayList<>(ofHead);
    done.addAll(
        add(gradients("body", forward.hiddenStates(), gradientOfHidden, forward.body(), null), tf));
    return group(done);
  }

  /**
   * Back through the body stage by stage, each made again from its input once the gradient of its
   * output is there (activation checkpointing, Chen 2016). Behind that gradient, or the engine
   * would make all of them at once.
   */
  private Op recomputing() {
    List<Op> done = new ArrayList<>(ofHead);
    Operand<TFloat32> upstream = gradientOfHidden;
    for (int stage = forward.stages() - 1; stage >= 0; stage--) {
      Ops at = tf.withControlDependencies(List.of(upstream));
      TensorFlowOps ops = forward.trace(at);
      Operand<TFloat32> input = stage == 0 ? null : at.identity(forward.stageInput(stage));
      Operand<TFloat32> output = forward.stage(ops, stage, input);
      Gradients of = gradients("stage" + stage, output, upstream, ops, input);
      done.addAll(add(of, tf));
      if (input != null) upstream = of.ofInput();
    }
    return group(done);
  }

  /** Of the reads of a trace, and of its input where it has one. */
  private record Gradients(
      List<Read> reads, List<Operand<TFloat32>> ofReads, @Nullable Operand<TFloat32> input) {
    Operand<TFloat32> ofInput() {
      if (input == null) throw new IllegalStateException("no input");
      return input;
    }
  }

  private Gradients gradients(
      String name,
      Operand<TFloat32> y,
      Operand<TFloat32> upstream,
      TensorFlowOps ops,
      @Nullable Operand<TFloat32> input) {
    List<Output<?>> of = new ArrayList<>();
    for (Read read : ops.reads()) of.add(read.value().asOutput());
    if (input != null) of.add(input.asOutput());
    Output<?>[] all =
        graph.addGradients(
            name,
            new Output<?>[] {y.asOutput()},
            of.toArray(new Output<?>[0]),
            new Output<?>[] {upstream.asOutput()});
    List<Operand<TFloat32>> floats = new ArrayList<>();
    for (Output<?> output : all) floats.add(output.expect(TFloat32.class));
    int reads = ops.reads().size();
    return new Gradients(
        ops.reads(), floats.subList(0, reads), input == null ? null : floats.get(reads));
  }

  private List<Op> add(Gradients of, Ops at) {
    List<Op> added = new ArrayList<>();
    for (int i = 0; i < of.reads().size(); i++) {
      Parameter p = of.reads().get(i).parameter();
      added.add(at.assignAddVariableOp(gradients.handle(p), of.ofReads().get(i)));
    }
    return added;
  }

  private Operand<TFloat32> norm(List<Parameter> parameters) {
    List<Operand<TFloat32>> halves = new ArrayList<>();
    for (Parameter p : parameters) halves.add(tf.nn.l2Loss(gradients.read(tf, p)));
    return tf.math.sqrt(tf.math.mul(tf.math.addN(halves), tf.constant(2f)));
  }

  /** AdamW of one weight; then its gradient is zero again. */
  private Op update(Ops first, Parameter p) {
    Ops at = first;
    if (optimizer.weightDecay() > 0 && OptimizerOptions.decays(p)) {
      Operand<TFloat32> less = at.math.mul(forward.weights().read(at, p), decay);
      at =
          tf.withControlDependencies(
              List.of(at.assignSubVariableOp(forward.weights().handle(p), less)));
    }
    // Bias corrections are in the learning rate and epsilon that are fed: in float32, as this
    // operation would compute them, 1 - 0.999 is off by 1e-5. So its own powers are 0.
    Operand<TFloat32> none = tf.constant(0f);
    Op adam =
        at.train.resourceApplyAdam(
            forward.weights().handle(p),
            firstMoments.handle(p),
            secondMoments.handle(p),
            none,
            none,
            learningRate,
            tf.constant((float) optimizer.beta1()),
            tf.constant((float) optimizer.beta2()),
            epsilon,
            at.math.mul(gradients.read(at, p), clip));
    return gradients.assignZeros(tf.withControlDependencies(List.of(adam)), p);
  }

  Variables gradients() {
    return gradients;
  }

  Variables firstMoments() {
    return firstMoments;
  }

  Variables secondMoments() {
    return secondMoments;
  }

  /** Fed: {@code [predictions]}. */
  Placeholder<TFloat32> gradientOfLogProbs() {
    return gradientOfLogProbs;
  }

  /**
   * Adds a batch's gradient to what is there.
   *
   * @param recompute whether stages are made again on the way back
   */
  Op accumulate(boolean recompute) {
    if (recompute) {
      if (recomputing == null) recomputing = recomputing();
      return recomputing;
    }
    if (keeping == null) keeping = keeping();
    return keeping;
  }

  /** The L2 norm of all gradients. */
  Operand<TFloat32> norm() {
    return norm;
  }

  Op zeroGradients() {
    return zeroGradients;
  }

  Op zeroMoments() {
    return zeroMoments;
  }

  /**
   * One step of AdamW: feeds its scalars.
   *
   * @param step this one's number, from 1
   * @param clipBy what gradients are multiplied with first
   */
  void apply(Run run, double rate, long step, double clipBy) {
    double c1 = 1 - Math.pow(optimizer.beta1(), (double) step);
    double c2 = Math.sqrt(1 - Math.pow(optimizer.beta2(), (double) step));
    run.feed(learningRate, rate * c2 / c1)
        .feed(epsilon, optimizer.epsilon() * c2)
        .feed(decay, rate * optimizer.weightDecay())
        .feed(clip, clipBy)
        .target(apply)
        .run()
        .close();
  }
}
