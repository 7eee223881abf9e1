package org.dpo4j.tensorflow;

import java.util.List;
import org.dpo4j.backend.ActivationSize;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.TrainingMemory;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tensor.Parameter;

/**
 * Counts what TensorFlow keeps, operation by operation. Its attention runs on one row per
 * completion, as wide as the longest.
 */
final class TensorFlowMemory implements TrainingMemory {
  /** TensorFlow's libraries and what they set up, resident after the first operations. */
  private static final long ENGINE = 500_000_000;

  /** Weight, gradient, two moments, and for a moment what is added to the gradient. */
  private static final int ARRAYS_OF_A_WEIGHT = 5;

  /** Of a stage on its way back, in what it keeps: that, and the gradients of about as much. */
  private static final double WAY_BACK = 2;

  private final List<ActivationSize> stages;
  private final long parameters;
  private final long vocabulary;

  TensorFlowMemory(CausalTransformer model) {
    stages = ActivationSize.of(model);
    parameters = model.parameters().stream().mapToLong(Parameter::size).sum();
    vocabulary = model.head().projection().out();
  }

  /**
   * A norm keeps its square, what it has scaled and what came out; attention rotated queries and
   * keys of tokens, then those and values of slots, scores, and what came out of both.
   */
  private static double kept(ActivationSize stage, BatchShape shape) {
    double slots = (double) shape.completions() * shape.longest();
    return shape.tokens() * (3.0 * stage.norms() + 3.0 * stage.attention() + stage.others())
        + slots * 4.0 * stage.attention()
        + slots * 3.0 * stage.heads() * shape.longest();
  }

  @Override
  public long weights() {
    return ARRAYS_OF_A_WEIGHT * parameters * Float.BYTES;
  }

  @Override
  public long engine() {
    return ENGINE;
  }

  @Override
  public int headChunk(BatchShape shape) {
    return (shape.predictions() + ScoringGraph.CHUNKS - 1) / ScoringGraph.CHUNKS;
  }

  @Override
  public long pass(BatchShape shape, boolean recomputed) {
    double all = stages.stream().mapToDouble(stage -> kept(stage, shape)).sum();
    double largest = stages.stream().mapToDouble(stage -> kept(stage, shape)).max().orElse(0);
    double given = shape.tokens() * stages.stream().mapToDouble(ActivationSize::out).sum();
    double head = 4.0 * headChunk(shape) * vocabulary;
    double numbers = (recomputed ? given : all) + WAY_BACK * largest + head;
    return (long) (numbers * Float.BYTES);
  }
}
