package org.dpo4j.tokenization;

import java.util.List;
import java.util.Map;
import org.dpo4j.preference.Judgement;

/**
 * An example as ids: what a layout lays down and a loss judges.
 *
 * @param row the place in its data set, from 0
 * @param completions as many as the example has, in its order
 * @param columns further fields of its row
 */
public record TokenizedExample(
    long row,
    List<TokenizedCompletion> completions,
    Judgement judgement,
    Map<String, Object> columns)
    implements TokenizedRow {
  public TokenizedExample {
    completions = List.copyOf(completions);
    columns = Map.copyOf(columns);
    if (!judgement.fits(completions.size())) {
      throw new IllegalArgumentException(
          judgement + " does not fit " + completions.size() + " completions");
    }
  }

  /** The longest of prompt + completion, in tokens. */
  public int longest() {
    return completions.stream().mapToInt(TokenizedCompletion::length).max().orElse(0);
  }

  /** Tokens that are scored, over all completions. */
  public int predictions() {
    return completions.stream().mapToInt(TokenizedCompletion::predictions).sum();
  }
}
