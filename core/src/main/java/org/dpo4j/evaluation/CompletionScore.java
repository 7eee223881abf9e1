package org.dpo4j.evaluation;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a policy gives a completion.
 *
 * @param logProb the sum over its scored tokens, in nats
 * @param tokens of the completion, a first one without predecessor included
 * @param tokenLogProbs {@code [predictions]}: of each scored token, in nats; a first token without
 *     predecessor has none
 */
@SuppressWarnings("ArrayRecordComponent") // numbers on their way to a person; never compared
public record CompletionScore(double logProb, int tokens, double[] tokenLogProbs) {
  static CompletionScore of(int tokens, double[] tokenLogProbs) {
    return new CompletionScore(Arrays.stream(tokenLogProbs).sum(), tokens, tokenLogProbs);
  }

  /** {@code -12.41 over 4 tokens}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.4g over %d tokens", logProb, tokens);
  }
}
