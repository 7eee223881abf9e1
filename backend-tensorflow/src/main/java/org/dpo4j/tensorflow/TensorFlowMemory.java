package org.dpo4j.tensorflow;

import java.util.List;
import org.dpo4j.backend.ActivationSize;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.SessionOptions;
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

  /** Weight, two moments, and for a moment what is added to the gradient. */
  private static final int ARRAYS_OF_A_WEIGHT = 4;

  /** Of a stage on its way back, in what it keeps: that, and the gradients of about as much. */
  private static final double WAY_BACK = 2;

  /** What the C library holds of memory that was given back, and can't use for larger arrays. */
  private static final double SLACK = 1.1;

  /** Of attention's scores, those that are computed: a block of queries sees no later ones. */
  private static final double SCORES = (AttentionGraph.BLOCKS + 1) / (2.0 * AttentionGraph.BLOCKS);

  private final List<ActivationSize> stages;
  private final long parameters;
  private final long vocabulary;
  private final int parts;

  TensorFlowMemory(CausalTransformer model, SessionOptions options) {
    stages = ActivationSize.of(model);
    parameters = model.parameters().stream().mapToLong(Parameter::size).sum();
    vocabulary = model.head().projection().out();
    parts = TensorFlowScoringSession.parts(options);
  }

  /**
   * A norm keeps its square, what it has scaled and what came out; attention rotated queries and
   * keys of tokens, then those and values of slots, probabilities, and what came out of both.
   */
  private static double kept(ActivationSize stage, BatchShape shape) {
    double slots = (double) shape.completions() * shape.longest();
    return shape.tokens() * (3.0 * stage.norms() + 3.0 * stage.attention() + stage.others())
        + slots * 4.0 * stage.attention()
        + scores(stage, shape);
  }

  private static double scores(ActivationSize stage, BatchShape shape) {
    double slots = (double) shape.completions() * shape.longest();
    return slots * SCORES * stage.heads() * shape.longest();
  }

  /** What a stage needs on its way back, or there, beside what is kept. */
  private static double passing(ActivationSize stage, BatchShape shape) {
    return WAY_BACK * kept(stage, shape) + 2 * scores(stage, shape);
  }

  /** Each part has gradients of its own. */
  @Override
  public long weights() {
    return (ARRAYS_OF_A_WEIGHT + parts) * parameters * Float.BYTES;
  }

  @Override
  public long engine() {
    return ENGINE;
  }

  @Override
  public int headChunk(BatchShape shape) {
    return shape.predictions(); // where they are kept; else a chunk's
  }

  @Override
  public long pass(BatchShape shape, boolean recomputed) {
    double all = stages.stream().mapToDouble(stage -> kept(stage, shape)).sum();
    double passing = stages.stream().mapToDouble(stage -> passing(stage, shape)).max().orElse(0);
    double given = shape.tokens() * stages.stream().mapToDouble(ActivationSize::out).sum();
    double chunk = Math.ceil(shape.predictions() / (double) ScoringGraph.CHUNKS);
    double chunks = 4.0 * chunk * vocabulary;
    // Kept probabilities, and on the way back their gradient, before the body's begins.
    double whole = Math.max(2.0 * shape.predictions() * vocabulary, chunks);
    double numbers =
        recomputed ? given + Math.max(passing, chunks) : all + Math.max(passing, whole);
    return (long) (SLACK * numbers * Float.BYTES);
  }
}
