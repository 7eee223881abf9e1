package org.dpo4j.tokenization;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.TokenIds;

/**
 * How examples that are too long are cut, as TRL does: each completion together with its prompt.
 *
 * @param mode which end stays ({@code truncation_mode})
 * @param maxLength of prompt and completion together, in tokens, at least 1 ({@code max_length})
 */
public record Truncation(Mode mode, int maxLength) {
  /** Cuts nothing. */
  static final Truncation NONE = new Truncation(Mode.KEEP_START, Integer.MAX_VALUE);

  /** Which end stays. */
  public enum Mode {
    /**
     * The start. A completion loses its end, the end of sequence first; an example whose prompt
     * alone is as long as the limit is dropped.
     */
    KEEP_START,
    /**
     * The end. The prompt loses its start, then the completion does; completions of different
     * length keep different prompts, and nothing is dropped.
     */
    KEEP_END
  }

  public Truncation {
    if (maxLength < 1) {
      throw new IllegalArgumentException("max_length is " + maxLength + ", expected at least 1");
    }
  }

  /** Cuts the ids of an example, or drops it. */
  TokenizedRow cut(PreferenceExample example, TokenIds prompt, List<TokenIds> completions) {
    if (mode == Mode.KEEP_START && prompt.size() >= maxLength) {
      return new DroppedExample(
          example.row(),
          "the prompt has %d tokens, and max_length is %d".formatted(prompt.size(), maxLength));
    }
    List<TokenizedCompletion> cut = new ArrayList<>();
    for (TokenIds completion : completions) {
      if (completion.isEmpty()) {
        return new DroppedExample(example.row(), "a completion has no token of its own");
      }
      cut.add(cut(prompt, completion, Math.max(0, prompt.size() + completion.size() - maxLength)));
    }
    return new TokenizedExample(example.row(), cut, example.judgement(), example.columns());
  }

  private TokenizedCompletion cut(TokenIds prompt, TokenIds completion, int excess) {
    if (mode == Mode.KEEP_START) {
      return new TokenizedCompletion(prompt, completion.slice(0, completion.size() - excess));
    }
    int ofPrompt = Math.min(excess, prompt.size());
    return new TokenizedCompletion(
        prompt.slice(ofPrompt, prompt.size()),
        completion.slice(excess - ofPrompt, completion.size()));
  }
}
