package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The way back, and AdamW. The gradient of the token log-probs is fed and goes through the head;
 * what comes out is fed again and goes through the body; what arrives at a read of a weight is
 * added to the weight's gradient. The optimizer's step is a group of operations of its own.
 */
final class TrainingGraph {
  private static final int CHAINS = 2;

  private final Graph graph;
  private final Ops tf;
  private final OptimizerOptions optimizer;
  private final ScoringGraph forward;
  private final boolean linear;
  private final List<Parameter> parameters;
  private final List<PartGradients> ofParts = new ArrayList<>();
  private final Variables gradients;
  private final Variables firstMoments;
  private final Variables secondMoments;
  private final Placeholder<TFloat32> gradientOfLogProbs;
  private final Placeholder<TFloat32> gradientOfHidden;
  private @Nullable WholeHead wholeHead;
  private @Nullable WayBack chunkedHead;
  private @Nullable WayBack keptBody;
  private @Nullable WayBack recomputedBody;
  private final Operand<TFloat32> norm;
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
    parameters = model.parameters();
    gradients = ofPart(0).variables;
    firstMoments = new Variables(tf, "firstMoment");
    secondMoments = new Variables(tf, "secondMoment");
    CausalTransformer.Head head = model.head();
    linear = head.softCap() == 0 && head.projection().bias() == null;
    gradientOfLogProbs = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
    gradientOfHidden =
        tf.placeholder(
            TFloat32.class, Placeholder.shape(Shape.of(-1, model.head().projection().in())));
    learningRate = scalar();
    decay = scalar();
    epsilon = scalar();
    clip = scalar();
    norm = normOfGradients();
    zeroMoments =
        group(List.of(inTurn(firstMoments::assignZeros), inTurn(secondMoments::assignZeros)));
    apply = inTurn(this::update);
  }

  private Placeholder<TFloat32> scalar() {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
  }

  /** Two weights at a time: what an operation makes on the way is then there twice, not for all. */
  private Op inTurn(BiFunction<Ops, Parameter, Op> operation) {
    List<Op> last = new ArrayList<>();
    long[] sizes = new long[CHAINS];
    for (int chain = 0; chain < CHAINS; chain++) last.add(tf.noOp());
    List<Parameter> largestFirst = new ArrayList<>(parameters);
    largestFirst.sort(Comparator.comparingLong((Parameter p) -> -p.size()));
    for (Parameter p : largestFirst) {
      int chain = 0;
      for (int c = 1; c < CHAINS; c++) if (sizes[c] < sizes[chain]) chain = c;
      sizes[chain] += p.size();
      last.set(chain, operation.apply(tf.withControlDependencies(List.of(last.get(chain))), p));
    }
    return group(last);
  }

  private Op group(List<Op> operations) {
    return tf.withControlDependencies(operations).noOp();
  }

  /** One stretch of the way back, for the parts of a batch. */
  final class WayBack {
    private final Set<Output<?>> kept;
    private final @Nullable Operand<TFloat32> ofInput;
    private final Map<Parameter, Operand<TFloat32>> ofWeights;
    private final List<Op> done = new ArrayList<>();

    WayBack(
        Frontier frontier,
        @Nullable Operand<TFloat32> ofInput,
        Map<Parameter, Operand<TFloat32>> ofWeights) {
      List<Op> ends = new ArrayList<>(ofWeights.values());
      if (ofInput != null) ends.add(ofInput);
      this.kept = frontier.of(ends);
      this.ofInput = ofInput;
      this.ofWeights = ofWeights;
    }

    /** What it reads of the way forward. */
    Set<Output<?>> kept() {
      return kept;
    }

    /** The gradient of what the stretch reads, {@code [predictions, dim]} of the head. */
    Operand<TFloat32> ofInput() {
      return Objects.requireNonNull(ofInput, "the gradient of an input");
    }

    /** All that a part adds to its gradients of weights. */
    Op done(int part) {
      while (done.size() <= part) {
        Variables to = ofPart(done.size()).variables;
        List<Op> added = new ArrayList<>();
        ofWeights.forEach(
            (p, gradient) -> added.add(tf.assignAddVariableOp(to.handle(p), gradient)));
        done.add(group(added));
      }
      return done.get(part);
    }
  }

  /**
   * The head with all of its probabilities kept.
   *
   * @param logProbs {@code [predictions]}
   */
  record WholeHead(Operand<TFloat32> logProbs, WayBack back) {}

  private WholeHead wholeHead() {
    TensorFlowOps ops = forward.trace(tf);
    Operand<TFloat32> states = tf.identity(forward.hiddenStates());
    CrossEntropy entropy = crossEntropy(tf, ops, states, forward.targets());
    Frontier frontier =
        new Frontier(List.of(forward.hiddenStates(), entropy.logProbs, entropy.perPrediction));
    Gradients of = back("head", tf, ops, states, entropy, gradientOfLogProbs);
    return new WholeHead(
        entropy.logProbs, new WayBack(frontier, of.ofInput(), sums(tf, Map.of(), of)));
  }

  /**
   * @param logProbs {@code [states]}
   * @param perPrediction {@code [states, vocabulary]}: gradient of the negative log-prob of each
   *     state's target, with respect to its logits
   */
  private record CrossEntropy(
      Operand<TFloat32> logits, Operand<TFloat32> logProbs, Operand<TFloat32> perPrediction) {}

  /** In one operation, which writes over the logits. */
  private CrossEntropy crossEntropy(
      Ops at, TensorFlowOps ops, Operand<TFloat32> states, Operand<TInt32> targets) {
    Operand<TFloat32> logits = forward.logits(ops, states);
    SparseSoftmaxCrossEntropyWithLogits<TFloat32> entropy =
        SparseSoftmaxCrossEntropyWithLogits.create(at.scope(), logits, targets);
    return new CrossEntropy(logits, at.math.neg(entropy.loss()), entropy.backprop());
  }

  /**
   * Back from a cross entropy. Each prediction's gradient is a number times what the operation
   * gave. Where the head is linear, what goes in and comes out of products is multiplied by it,
   * rather than all logits.
   */
  private Gradients back(
      String name,
      Ops at,
      TensorFlowOps ops,
      Operand<TFloat32> states,
      CrossEntropy entropy,
      Operand<TFloat32> gradientOfTheirLogProbs) {
    Operand<TFloat32> column = at.expandDims(at.math.neg(gradientOfTheirLogProbs), at.constant(1));
    if (!linear) {
      Operand<TFloat32> ofLogits = at.math.mul(entropy.perPrediction, column);
      return gradients(name, entropy.logits, ofLogits, ops.reads(), states);
    }
    TensorFlowOps scaled = forward.trace(at);
    Operand<TFloat32> logits = forward.logits(scaled, at.math.mul(states, column));
    Gradients ofReads =
        gradients(name + "Weights", logits, entropy.perPrediction, scaled.reads(), null);
    Gradients ofStates = gradients(name, entropy.logits, entropy.perPrediction, List.of(), states);
    return new Gradients(
        ofReads.reads(), ofReads.ofReads(), at.math.mul(ofStates.ofInput(), column));
  }

  /** Chunk by chunk: logits are made again, and only a chunk's are there at a time. */
  private WayBack chunkedHead() {
    List<Operand<TFloat32>> ofHidden = new ArrayList<>();
    Map<Parameter, Operand<TFloat32>> sums = Map.of();
    Op before = gradientOfLogProbs;
    for (int chunk = 0; chunk < ScoringGraph.CHUNKS; chunk++) {
      Ops at = tf.withControlDependencies(List.of(before));
      TensorFlowOps ops = forward.trace(at);
      Operand<TFloat32> states = at.identity(forward.cut(at, forward.hiddenStates(), chunk));
      CrossEntropy entropy =
          crossEntropy(at, ops, states, forward.cut(at, forward.targets(), chunk));
      Gradients of =
          back(
              "head" + chunk, at, ops, states, entropy, forward.cut(at, gradientOfLogProbs, chunk));
      ofHidden.add(of.ofInput());
      sums = sums(at, sums, of);
      List<Op> there = new ArrayList<>(sums.values());
      there.add(of.ofInput());
      before = group(there);
    }
    return new WayBack(fromHidden(), tf.concat(ofHidden, tf.constant(0)), sums);
  }

  /** What comes after the hidden states is made on the way back. */
  private Frontier fromHidden() {
    return new Frontier(List.of(forward.hiddenStates()));
  }

  /** Adds what was found to sums, in the order of reads: the same bits each time. */
  private static Map<Parameter, Operand<TFloat32>> sums(
      Ops at, Map<Parameter, Operand<TFloat32>> before, Gradients found) {
    Map<Parameter, Operand<TFloat32>> sums = new LinkedHashMap<>(before);
    for (int i = 0; i < found.reads().size(); i++) {
      sums.merge(found.reads().get(i).parameter(), found.ofReads().get(i), at.math::add);
    }
    return sums;
  }

  /** Back through the body as a whole: all that its way forward made is kept until then. */
  private WayBack keptBody() {
    Gradients of =
        gradients("body", forward.hiddenStates(), gradientOfHidden, forward.body().reads(), null);
    return new WayBack(fromHidden(), null, sums(tf, Map.of(), of));
  }

  /**
   * Back through the body stage by stage, each made again from its input once the gradient of its
   * output is there (activation checkpointing, Chen 2016). Behind that gradient, or the engine
   * would make all of them at once.
   */
  private WayBack recomputedBody() {
    Map<Parameter, Operand<TFloat32>> sums = Map.of();
    Operand<TFloat32> upstream = gradientOfHidden;
    for (int stage = forward.stages() - 1; stage >= 0; stage--) {
      Ops at = tf.withControlDependencies(List.of(upstream));
      TensorFlowOps ops = forward.trace(at);
      Operand<TFloat32> input = stage == 0 ? null : at.identity(forward.stageInput(stage));
      Operand<TFloat32> output = forward.stage(ops, stage, input);
      Gradients of = gradients("stage" + stage, output, upstream, ops.reads(), input);
      sums = sums(tf, sums, of);
      if (input != null) upstream = of.ofInput();
    }
    return new WayBack(fromHidden(), null, sums);
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
      List<Read> reads,
      @Nullable Operand<TFloat32> input) {
    List<Output<?>> of = new ArrayList<>();
    for (Read read : reads) of.add(read.value().asOutput());
    if (input != null) of.add(input.asOutput());
    Output<?>[] all =
        graph.addGradients(
            name,
            new Output<?>[] {y.asOutput()},
            of.toArray(new Output<?>[0]),
            new Output<?>[] {upstream.asOutput()});
    List<Operand<TFloat32>> floats = new ArrayList<>();
    for (Output<?> output : all) floats.add(output.expect(TFloat32.class));
    int count = reads.size();
    return new Gradients(reads, floats.subList(0, count), input == null ? null : floats.get(count));
  }

  /** The gradients of a part; those of the first one are the whole's, once all are merged. */
  private record PartGradients(Variables variables, Op zero, @Nullable Op merge) {}

  private PartGradients ofPart(int part) {
    while (ofParts.size() <= part) {
      Variables own = new Variables(tf, "gradient" + ofParts.size());
      Op merge = null;
      if (!ofParts.isEmpty()) {
        Variables whole = ofParts.get(0).variables;
        merge = inTurn((at, p) -> at.assignAddVariableOp(whole.handle(p), own.read(at, p)));
      }
      ofParts.add(new PartGradients(own, inTurn(own::assignZeros), merge));
    }
    return ofParts.get(part);
  }

  /** Sets a part's gradients to zero. */
  Op zeroGradients(int part) {
    return ofPart(part).zero;
  }

  /** Adds a part's gradients to the whole's; not of the first part. */
  Op merge(int part) {
    return Objects.requireNonNull(ofPart(part).merge, "the first part's are the whole's");
  }

  private Operand<TFloat32> normOfGradients() {
    List<Operand<TFloat32>> halves = new ArrayList<>();
    for (Parameter p : parameters) halves.add(tf.nn.l2Loss(gradients.read(tf, p)));
    return tf.math.sqrt(tf.math.mul(tf.math.addN(halves), tf.constant(2f)));
  }

  /** AdamW of one weight. */
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
    return at.train.resourceApplyAdam(
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

  /** Fed: {@code [predictions, dim]}. */
  Placeholder<TFloat32> gradientOfHidden() {
    return gradientOfHidden;
  }

  /** The head with all of its probabilities kept. */
  WholeHead whole() {
    if (wholeHead == null) wholeHead = wholeHead();
    return wholeHead;
  }

  /** Back through the head, a chunk at a time; nothing of it is kept. */
  WayBack chunked() {
    if (chunkedHead == null) chunkedHead = chunkedHead();
    return chunkedHead;
  }

  /**
   * Back through the body.
   *
   * @param recompute whether stages are made again on the way back
   */
  WayBack body(boolean recompute) {
    if (recompute) {
      if (recomputedBody == null) recomputedBody = recomputedBody();
      return recomputedBody;
    }
    if (keptBody == null) keptBody = keptBody();
    return keptBody;
  }

  /** The L2 norm of all gradients. */
  Operand<TFloat32> norm() {
    return norm;
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
