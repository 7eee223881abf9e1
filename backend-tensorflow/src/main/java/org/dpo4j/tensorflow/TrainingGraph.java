package org.dpo4j.tensorflow;

import java.util.List;
import java.util.Map;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensorflow.Differentiation.Gradients;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The way back, and AdamW. The gradient of the token log-probs is fed and goes through the head;
 * what comes out is fed again and goes through the body; what arrives at a read of a weight is
 * added to the weight's gradient. The optimizer's step is a group of operations of its own.
 */
final class TrainingGraph {
  private final Graph graph;
  private final Ops tf;
  private final ScoringGraph forward;
  private final PartGradients gradients;
  private final HeadGradients head;
  private final AdamWGraph optimizer;
  private final Placeholder<TFloat32> gradientOfHidden;
  private @Nullable WayBack keptBody;
  private @Nullable WayBack recomputedBody;

  TrainingGraph(
      Graph graph, CausalTransformer model, ScoringGraph forward, OptimizerOptions options) {
    this.graph = graph;
    this.forward = forward;
    tf = forward.tf();
    gradients = new PartGradients(tf, model.parameters(), forward.weights());
    head = new HeadGradients(graph, forward, model.head(), gradients);
    optimizer =
        new AdamWGraph(tf, options, model.parameters(), forward.weights(), gradients.whole());
    gradientOfHidden =
        tf.placeholder(
            TFloat32.class, Placeholder.shape(Shape.of(-1, model.head().projection().in())));
  }

  PartGradients gradients() {
    return gradients;
  }

  HeadGradients head() {
    return head;
  }

  AdamWGraph optimizer() {
    return optimizer;
  }

  /** Fed: {@code [predictions, dim]}. */
  Placeholder<TFloat32> gradientOfHidden() {
    return gradientOfHidden;
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

  /** As a whole: all that the body's way forward made is kept until then. */
  private WayBack keptBody() {
    Gradients of =
        Differentiation.of(
            graph, "body", forward.hiddenStates(), gradientOfHidden, forward.body().reads(), null);
    return back(of.addedTo(tf, Map.of()));
  }

  /**
   * Stage by stage, each made again from its input once the gradient of its output is there
   * (activation checkpointing, Chen 2016). Behind that gradient, or the engine would make all of
   * them at once.
   */
  private WayBack recomputedBody() {
    Map<Parameter, Operand<TFloat32>> sums = Map.of();
    Operand<TFloat32> upstream = gradientOfHidden;
    for (int stage = forward.stages() - 1; stage >= 0; stage--) {
      Ops at = tf.withControlDependencies(List.of(upstream));
      TensorFlowOps ops = forward.trace(at);
      Operand<TFloat32> input = stage == 0 ? null : at.identity(forward.stageInput(stage));
      Operand<TFloat32> output = forward.stage(ops, stage, input);
      Gradients of =
          Differentiation.of(graph, "stage" + stage, output, upstream, ops.reads(), input);
      sums = of.addedTo(tf, sums);
      if (input != null) upstream = of.ofInput();
    }
    return back(sums);
  }

  private WayBack back(Map<Parameter, Operand<TFloat32>> ofWeights) {
    Frontier frontier = new Frontier(List.of(forward.hiddenStates()));
    return new WayBack(gradients, frontier, null, ofWeights);
  }
}
