package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import java.util.List;
import org.dpo4j.backend.ActivationSize;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingMemory;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tensor.Parameter;

/** Counts what PyTorch keeps, operation by operation. */
final class DjlMemory implements TrainingMemory {
  /** PyTorch's libraries and what they set up, resident after the first operations. */
  private static final long ENGINE = 330_000_000;

  /** Weight, gradient and two moments. */
  private static final int ARRAYS_OF_A_WEIGHT = 4;

  /** The same where autograd makes gradients to be added. */
  private static final int PLAIN_ARRAYS_OF_A_WEIGHT = 5;

  /** Of a stage on its way back, in what it keeps: that, and the gradients of about as much. */
  private static final double WAY_BACK = 2;

  private final boolean fast;
  private final int threads;
  private final int bytes;
  private final int chunk;
  private final long parameters;
  private final long vocabulary;

  /** Numbers of all stages for a token: what each keeps, what each gives on. */
  private final double kept;

  private final double given;
  private final double largestStage;

  DjlMemory(CausalTransformer model, SessionOptions options, DataType type, int chunk) {
    fast = options.fastPaths();
    threads = options.threads();
    this.bytes = type.getNumOfBytes();
    this.chunk = chunk;
    parameters = model.parameters().stream().mapToLong(Parameter::size).sum();
    vocabulary = model.head().projection().out();
    List<ActivationSize> stages = ActivationSize.of(model);
    kept = stages.stream().mapToDouble(this::kept).sum();
    given = stages.stream().mapToDouble(ActivationSize::out).sum();
    largestStage = stages.stream().mapToDouble(this::kept).max().orElse(0);
  }

  /**
   * Norms and gates are made again on the way back, if not by autograd. Attention keeps keys and
   * values as often as there are query heads, rotated queries, what came out, and that put
   * together; all else its result.
   */
  private double kept(ActivationSize stage) {
    double always = 5.0 * stage.attention() + stage.others() - stage.gates();
    return fast ? always : always + 2.0 * stage.norms() + stage.gates();
  }

  @Override
  public long weights() {
    return (fast ? ARRAYS_OF_A_WEIGHT : PLAIN_ARRAYS_OF_A_WEIGHT) * parameters * bytes;
  }

  @Override
  public long engine() {
    return ENGINE;
  }

  @Override
  public int headChunk(BatchShape shape) {
    return Math.min(shape.predictions(), threads * chunk);
  }

  @Override
  public long pass(BatchShape shape, boolean recomputed) {
    double body = shape.tokens() * (recomputed ? given : kept);
    double back = shape.tokens() * WAY_BACK * largestStage;
    double masks = 0.5 * shape.completions() * shape.longest() * shape.longest();
    return (long) ((body + back + masks + head(shape.predictions())) * bytes);
  }

  /** Logits that wait, and those of a chunk with their gradient, of each part. */
  private double head(int predictions) {
    double waiting =
        Math.min((double) predictions * vocabulary, threads * ChunkedHead.KEPT / (double) bytes);
    return waiting + 3.0 * vocabulary * Math.min(predictions, threads * chunk);
  }
}
