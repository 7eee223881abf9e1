package org.dpo4j.backend;

/**
 * What a run's plan comes to.
 *
 * @param budget bytes that the process may take
 * @param fixed bytes of weights, gradients, optimizer, engine and Java heap
 * @param peak bytes of the process while its largest micro-batch goes there and back
 * @param tokens of that micro-batch
 * @param microBatches of an epoch
 * @param recomputed of these, those whose activations are made again on the way back
 */
public record MemoryEstimate(
    long budget, long fixed, long peak, int tokens, int microBatches, int recomputed) {
  /** {@code Memory: 4.6 of 21.4 GB, ...}, a sentence for people. */
  public String sentence() {
    return "Memory: up to %s of %s: %s for weights, gradients, optimizer, engine and Java, the rest for micro-batches of up to %,d tokens, %,d an epoch%s."
        .formatted(
            MemoryPlan.bytes(peak),
            MemoryPlan.bytes(budget),
            MemoryPlan.bytes(fixed),
            tokens,
            microBatches,
            recomputed == 0
                ? ""
                : recomputed == microBatches
                    ? ", activations computed twice"
                    : ", activations of %,d computed twice".formatted(recomputed));
  }
}
