package org.dpo4j.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.evaluation.CompletionScore;
import org.dpo4j.evaluation.ExampleScore;
import org.dpo4j.service.InputException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code score} writes of a row.
 *
 * @param beta scales rewards
 * @param tokenLogProbs whether the log-prob of every token is written
 */
record ScoreLine(double beta, boolean tokenLogProbs) {
  /**
   * The fields by name.
   *
   * @param reference the same row, scored by the reference; null: there is none
   * @throws InputException where the reference has other tokens
   */
  Map<String, Object> of(ExampleScore policy, @Nullable ExampleScore reference) {
    Map<String, Object> line = new LinkedHashMap<>();
    List<String> sides = RowFields.sides(policy.completions().size());
    for (int i = 0; i < sides.size(); i++) {
      CompletionScore score = policy.completions().get(i);
      String side = sides.get(i);
      line.put(RowFields.field("logps", side), score.logProb());
      line.put(RowFields.field("tokens", side), score.tokens());
      if (tokenLogProbs) line.put(RowFields.field("token_logps", side), score.tokenLogProbs());
      if (reference == null) continue;
      CompletionScore other = sameTokens(policy.row(), score, i, reference);
      line.put(RowFields.field("ref_logps", side), other.logProb());
      line.put(RowFields.field("rewards", side), beta * (score.logProb() - other.logProb()));
    }
    return line;
  }

  private static CompletionScore sameTokens(
      long row, CompletionScore score, int completion, ExampleScore reference) {
    if (reference.skipped() == null) {
      CompletionScore other = reference.completions().get(completion);
      if (other.tokens() == score.tokens()
          && other.tokenLogProbs().length == score.tokenLogProbs().length) {
        return other;
      }
    }
    throw new InputException(
        "Row %d: --reference makes other tokens of the text than --model, so their log-probs cannot be compared; give rows of token ids, or models with one tokenizer."
            .formatted(row));
  }
}
