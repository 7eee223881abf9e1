package org.dpo4j.tokenization;

/**
 * How a row that is too long is cut, as TRL does.
 *
 * @param maxLength of prompt and completion together, in tokens, at least 1 ({@code max_length})
 */
public record Truncation(Mode mode, int maxLength) {
  /** Which end stays ({@code truncation_mode}). */
  public enum Mode {
    /** The start; a row whose prompt alone is as long is dropped. */
    KEEP_START,
    /** The end; completions may then keep different prompts. */
    KEEP_END
  }

  public Truncation {
    if (maxLength < 1) {
      throw new IllegalArgumentException("max_length is " + maxLength + ", expected at least 1");
    }
  }
}
