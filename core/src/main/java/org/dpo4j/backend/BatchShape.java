package org.dpo4j.backend;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.TokenizedExample;

/**
 * What the memory of a pass depends on.
 *
 * @param tokens that are laid down, an equal prompt once
 * @param predictions completion tokens that are scored
 * @param completions at all
 * @param longest of prompt + completion, in tokens
 */
public record BatchShape(int tokens, int predictions, int completions, int longest) {
  /** Of examples in one batch. */
  public static BatchShape of(List<TokenizedExample> examples) {
    Set<TokenIds> prompts = new HashSet<>();
    int tokens = 0;
    int predictions = 0;
    int completions = 0;
    int longest = 0;
    for (TokenizedExample e : examples) {
      tokens += BatchPlanner.tokens(e, prompts);
      predictions += e.predictions();
      completions += e.completions().size();
      longest = Math.max(longest, e.longest());
    }
    return new BatchShape(tokens, predictions, completions, longest);
  }

  /** Of what is laid down. */
  public static BatchShape of(TokenLayout layout) {
    int longest = Arrays.stream(layout.sequenceLengths()).max().orElse(0);
    return new BatchShape(
        layout.length(Axis.TOKENS), layout.length(Axis.PREDICTIONS), layout.completions(), longest);
  }

  /** Of this batch and another that has no prompt in common with it, as one. */
  public BatchShape plus(BatchShape more) {
    return new BatchShape(
        tokens + more.tokens,
        predictions + more.predictions,
        completions + more.completions,
        Math.max(longest, more.longest));
  }
}
