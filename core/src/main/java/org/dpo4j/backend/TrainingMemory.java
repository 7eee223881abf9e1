package org.dpo4j.backend;

/**
 * What a training session of an engine takes of memory, in bytes, estimated before it is opened. A
 * plan is made with it; the first micro-batch, which is thrown away, shows whether it holds.
 */
public interface TrainingMemory {
  /** Weights, their gradients and the optimizer's state. */
  long weights();

  /** The engine's own libraries and what they set up. */
  long engine();

  /**
   * One micro-batch, there and back.
   *
   * @param recomputed whether each stage makes again what its way back needs (activation
   *     checkpointing, Chen 2016), rather than keep it
   */
  long pass(BatchShape shape, boolean recomputed);

  /** Predictions of a micro-batch whose logits exist at once, on all threads together. */
  int headChunk(BatchShape shape);
}
