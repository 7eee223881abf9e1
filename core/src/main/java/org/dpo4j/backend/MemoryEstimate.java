package org.dpo4j.backend;

/**
 * What a run's plan comes to.
 *
 * @param budget bytes that the process may take
 * @param weights bytes of weights, gradients and the optimizer's state
 * @param engine bytes of the engine's libraries and the Java heap
 * @param peak bytes of the process while its largest micro-batch goes there and back
 * @param tokens of that micro-batch
 * @param headChunk predictions of it whose logits exist at once
 * @param microBatches of an epoch
 * @param recomputed of these, those whose activations are made again on the way back
 */
public record MemoryEstimate(
    long budget,
    long weights,
    long engine,
    long peak,
    int tokens,
    int headChunk,
    int microBatches,
    int recomputed) {
  /** {@code Memory: up to 4.6 GB of 21.4 GB. ...}, two sentences for people. */
  public String sentences() {
    return "Memory: up to %s of %s. Weights, gradients and optimizer %s, engine and Java %s, micro-batches of up to %,d tokens %s: %,d an epoch, activations %s, logits of %,d predictions at once."
        .formatted(
            MemoryPlan.bytes(peak),
            MemoryPlan.bytes(budget),
            MemoryPlan.bytes(weights),
            MemoryPlan.bytes(engine),
            tokens,
            MemoryPlan.bytes(peak - weights - engine),
            microBatches,
            recomputed == 0
                ? "kept"
                : recomputed == microBatches
                    ? "computed again on the way back"
                    : "of %,d computed again on the way back".formatted(recomputed),
            headChunk);
  }
}
