package org.dpo4j.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dpo4j.preference.Judgement;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * What a policy gives the completions of a row.
 *
 * @param row the place in the data set, from 0
 * @param judgement what people said; nothing where the row was skipped
 * @param completions in the row's own order (of a pair: chosen, rejected); none where the row was
 *     skipped
 * @param skipped why there is no score; null where there is
 */
public record ExampleScore(
    long row, Judgement judgement, List<CompletionScore> completions, @Nullable String skipped) {
  public ExampleScore {
    completions = List.copyOf(completions);
  }

  static ExampleScore skipped(long row, String why) {
    return new ExampleScore(row, Judgement.NONE, List.of(), why);
  }

  /**
   * @param tokenLogProbs of all completions, one after another
   */
  static ExampleScore of(TokenizedExample example, double[] tokenLogProbs) {
    List<CompletionScore> completions = new ArrayList<>();
    int from = 0;
    for (TokenizedCompletion c : example.completions()) {
      int to = from + c.predictions();
      double[] own = Arrays.copyOfRange(tokenLogProbs, from, to);
      completions.add(CompletionScore.of(c.ids().size(), own));
      from = to;
    }
    return new ExampleScore(example.row(), example.judgement(), completions, null);
  }
}
