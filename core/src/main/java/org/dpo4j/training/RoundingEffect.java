package org.dpo4j.training;

/**
 * How much of what was learnt survives the format that the weights were written in, on rows scored
 * before training, after it, and again from the written weights.
 *
 * @param rows that were scored
 * @param learned how far training moved the mean margin {@code log p(chosen) - log p(rejected)}, in
 *     nats; of rows without a rejected side {@code log p(chosen)}
 * @param kept how far the written weights have moved it
 */
public record RoundingEffect(int rows, double learned, double kept) {
  /** 1 where nothing is lost. */
  public double share() {
    return kept / learned;
  }
}
