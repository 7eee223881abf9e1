package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TokenLogProbs;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A model's forward pass in a graph. The head runs on a fixed number of chunks of the predictions,
 * one after another, so that {@code [predictions, vocabulary]} never exists whole; chunks of a
 * small batch may be empty.
 */
final class ScoringGraph {
  /** As many as keep a chunk of a large batch small; more only add operations to small ones. */
  static final int CHUNKS = 8;

  private final Ops tf;
  private final GraphInputs inputs;
  private final Variables weights;
  private final CausalTransformer.Head head;
  private final TensorFlowOps body;
  private final List<CausalTransformer.Stage.Body> stages = new ArrayList<>();
  private final List<Tensor> stageInputs = new ArrayList<>();
  private final Tensor hidden;
  private final Operand<TInt32> predictions;
  private final Operand<TFloat32> logProbs;
  private final Map<HeadStatistic, Operand<TFloat32>> statistics =
      new EnumMap<>(HeadStatistic.class);

  ScoringGraph(Ops tf, Variables weights, CausalTransformer model) {
    this.tf = tf;
    this.weights = weights;
    inputs = new GraphInputs(tf);
    head = model.head();
    body = new TensorFlowOps(tf, inputs, weights);
    for (CausalTransformer.Stage stage : model.stages()) stages.add(stage.body());
    stages.add((ops, x) -> head.hidden(ops, Objects.requireNonNull(x, "a model's stages")));
    Tensor x = null;
    for (CausalTransformer.Stage.Body stage : stages) {
      if (x != null) stageInputs.add(x);
      x = stage.apply(body, x);
    }
    hidden = Objects.requireNonNull(x, "a model's stages");
    Operand<TInt32> targets = inputs.index(Index.TARGETS);
    predictions = tf.gather(tf.shape(targets), tf.constant(0), tf.constant(0));

    Set<HeadStatistic> all = EnumSet.allOf(HeadStatistic.class);
    List<Operand<TFloat32>> told = new ArrayList<>();
    Map<HeadStatistic, List<Operand<TFloat32>>> toldOfAll = new EnumMap<>(HeadStatistic.class);
    Op before = null;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      Ops at = before == null ? tf : tf.withControlDependencies(List.of(before));
      TensorFlowOps ops = trace(at);
      TokenLogProbs part = head(ops, cut(at, hiddenStates(), chunk), chunk, at, all);
      told.add(ops.operand(part.logProbs()));
      part.statistics()
          .forEach(
              (s, v) -> toldOfAll.computeIfAbsent(s, k -> new ArrayList<>()).add(ops.operand(v)));
      before = ops.operand(part.logProbs());
    }
    logProbs = tf.concat(told, tf.constant(0));
    toldOfAll.forEach((s, parts) -> statistics.put(s, tf.concat(parts, tf.constant(0))));
  }

  /** A trace on the same inputs and weights. */
  TensorFlowOps trace(Ops at) {
    return new TensorFlowOps(at, inputs, weights);
  }

  /** The head on a chunk of hidden states. */
  TokenLogProbs head(
      TensorFlowOps ops, Operand<TFloat32> states, int chunk, Ops at, Set<HeadStatistic> wanted) {
    return ops.tokenLogProbs(
        ops.input(states, Axis.PREDICTIONS, hidden.columns()),
        head.projection(),
        head.softCap(),
        cut(at, inputs.index(Index.TARGETS), chunk),
        wanted);
  }

  /** The head's logits of some hidden states, {@code [states, vocabulary]}. */
  Operand<TFloat32> logits(TensorFlowOps ops, Operand<TFloat32> states) {
    Tensor x = ops.input(states, Axis.PREDICTIONS, hidden.columns());
    return ops.logits(x, head.projection(), head.softCap());
  }

  /** {@code [predictions]}. */
  Operand<TInt32> targets() {
    return inputs.index(Index.TARGETS);
  }

  /** A chunk of what has a row for each prediction: rows {@code [chunk * n, (chunk + 1) * n)}. */
  <T extends org.tensorflow.types.family.TType> Operand<T> cut(Ops at, Operand<T> x, int chunk) {
    Operand<TInt32> size =
        at.math.floorDiv(at.math.add(predictions, at.constant(CHUNKS - 1)), at.constant(CHUNKS));
    Operand<TInt32> from = at.math.minimum(at.math.mul(size, at.constant(chunk)), predictions);
    Operand<TInt32> to = at.math.minimum(at.math.mul(size, at.constant(chunk + 1)), predictions);
    Operand<TInt32> length = at.math.sub(to, from);
    if (x.shape().numDimensions() == 1) {
      return at.slice(x, at.stack(List.of(from)), at.stack(List.of(length)));
    }
    return at.slice(
        x, at.stack(List.of(from, at.constant(0))), at.stack(List.of(length, at.constant(-1))));
  }

  Ops tf() {
    return tf;
  }

  GraphInputs inputs() {
    return inputs;
  }

  Variables weights() {
    return weights;
  }

  /** The trace of everything before the head. */
  TensorFlowOps body() {
    return body;
  }

  /** The model's stages, and as the last one what comes before the head's projection. */
  int stages() {
    return stages.size();
  }

  /** What a stage reads; not of the first one. */
  Operand<TFloat32> stageInput(int stage) {
    return body.operand(stageInputs.get(stage - 1));
  }

  /**
   * Runs a stage again.
   *
   * @param input its input; null for the first one
   * @return its output
   */
  Operand<TFloat32> stage(TensorFlowOps ops, int stage, @Nullable Operand<TFloat32> input) {
    Tensor x =
        input == null ? null : ops.input(input, Axis.TOKENS, stageInputs.get(stage - 1).columns());
    return ops.operand(stages.get(stage).apply(ops, x));
  }

  /** What the head reads, {@code [predictions, dim]}. */
  Operand<TFloat32> hiddenStates() {
    return body.operand(hidden);
  }

  /** {@code [predictions]}. */
  Operand<TFloat32> logProbs() {
    return logProbs;
  }

  /** {@code [predictions]}. */
  Operand<TFloat32> statistic(HeadStatistic s) {
    return Objects.requireNonNull(statistics.get(s));
  }
}
