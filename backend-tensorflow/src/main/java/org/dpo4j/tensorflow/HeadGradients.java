package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensorflow.Differentiation.Gradients;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The way back through the head, from the gradient of the token log-probs to that of the hidden
 * states: with all probabilities kept from the way forward, or chunk by chunk, with logits made
 * again.
 */
final class HeadGradients {
  private final Graph graph;
  private final Ops tf;
  private final ScoringGraph forward;
  private final PartGradients gradients;
  private final boolean linear;
  private final Placeholder<TFloat32> upstream;
  private @Nullable Whole whole;
  private @Nullable WayBack chunked;

  HeadGradients(
      Graph graph, ScoringGraph forward, CausalTransformer.Head head, PartGradients gradients) {
    this.graph = graph;
    this.forward = forward;
    this.gradients = gradients;
    tf = forward.tf();
    linear = head.softCap() == 0 && head.projection().bias() == null;
    upstream = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
  }

  /** Fed: the gradient of the token log-probs, {@code [predictions]}. */
  Placeholder<TFloat32> upstream() {
    return upstream;
  }

  /**
   * The head with all of its probabilities kept.
   *
   * @param logProbs {@code [predictions]}
   */
  record Whole(Operand<TFloat32> logProbs, WayBack back) {}

  /** The head with all of its probabilities kept. */
  Whole whole() {
    if (whole == null) whole = makeWhole();
    return whole;
  }

  private Whole makeWhole() {
    TensorFlowOps ops = forward.trace(tf);
    Operand<TFloat32> states = tf.identity(forward.hiddenStates());
    CrossEntropy entropy = crossEntropy(tf, ops, states, forward.targets());
    Frontier frontier =
        new Frontier(List.of(forward.hiddenStates(), entropy.logProbs, entropy.perPrediction));
    Gradients of = back("head", tf, ops, states, entropy, upstream);
    return new Whole(
        entropy.logProbs, new WayBack(gradients, frontier, of.ofInput(), of.addedTo(tf, Map.of())));
  }

  /** Chunk by chunk: logits are made again, and only a chunk's are there at a time. */
  WayBack chunked() {
    if (chunked == null) chunked = makeChunked();
    return chunked;
  }

  private WayBack makeChunked() {
    List<Operand<TFloat32>> ofHidden = new ArrayList<>();
    Map<Parameter, Operand<TFloat32>> sums = Map.of();
    Op before = upstream;
    for (int chunk = 0; chunk < ScoringGraph.CHUNKS; chunk++) {
      Ops at = tf.withControlDependencies(List.of(before));
      TensorFlowOps ops = forward.trace(at);
      Operand<TFloat32> states = at.identity(forward.cut(at, forward.hiddenStates(), chunk));
      CrossEntropy entropy =
          crossEntropy(at, ops, states, forward.cut(at, forward.targets(), chunk));
      Gradients of =
          back("head" + chunk, at, ops, states, entropy, forward.cut(at, upstream, chunk));
      ofHidden.add(of.ofInput());
      sums = of.addedTo(at, sums);
      List<Op> there = new ArrayList<>(sums.values());
      there.add(of.ofInput());
      before = InTurn.group(tf, there);
    }
    Frontier frontier = new Frontier(List.of(forward.hiddenStates()));
    return new WayBack(gradients, frontier, tf.concat(ofHidden, tf.constant(0)), sums);
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
      Operand<TFloat32> gradientOfLogProbs) {
    Operand<TFloat32> column = at.expandDims(at.math.neg(gradientOfLogProbs), at.constant(1));
    if (!linear) {
      Operand<TFloat32> ofLogits = at.math.mul(entropy.perPrediction, column);
      return Differentiation.of(graph, name, entropy.logits, ofLogits, ops.reads(), states);
    }
    TensorFlowOps scaled = forward.trace(at);
    Operand<TFloat32> logits = forward.logits(scaled, at.math.mul(states, column));
    Gradients ofReads =
        Differentiation.of(
            graph, name + "Weights", logits, entropy.perPrediction, scaled.reads(), null);
    Gradients ofStates =
        Differentiation.of(graph, name, entropy.logits, entropy.perPrediction, List.of(), states);
    return new Gradients(
        ofReads.reads(), ofReads.ofReads(), at.math.mul(ofStates.ofInput(), column));
  }
}
