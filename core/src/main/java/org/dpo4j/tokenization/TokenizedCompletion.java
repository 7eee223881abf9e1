package org.dpo4j.tokenization;

import org.dpo4j.preference.TokenIds;

/**
 * One completion with the prompt that it follows. Completions of one example usually have equal
 * prompts, and the layout lays an equal prompt down once; truncation from the left may leave each
 * completion a prompt of its own.
 *
 * @param prompt may be empty; then nothing predicts the completion's first token
 * @param ids at least one; the end of sequence included where it wasn't cut off
 */
public record TokenizedCompletion(TokenIds prompt, TokenIds ids) {
  public TokenizedCompletion {
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("a completion has no token");
    }
  }

  /** Tokens that are scored: all, but a first one without predecessor. */
  public int predictions() {
    return prompt.isEmpty() ? ids.size() - 1 : ids.size();
  }

  /** Prompt and completion. */
  public int length() {
    return prompt.size() + ids.size();
  }
}
