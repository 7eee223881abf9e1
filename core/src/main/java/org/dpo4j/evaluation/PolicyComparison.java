package org.dpo4j.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * Two policies on the same rows, paired by row; the one before is the reference of the rewards.
 * What needs a better and a worse completion is null where no row has both.
 *
 * @param rows that both scored
 * @param compared those of them with a better and a worse completion
 * @param before the policy that training started from. It has no accuracy by rewards: its own are
 *     all 0
 * @param after the trained policy
 * @param change after minus before, row by row
 * @param rewardAccuracy how often the trained policy's implicit reward, {@code beta (log p - log
 *     p_before)}, is strictly higher for the better completion
 * @param rewardMargin the better completion's implicit reward minus the worse one's
 * @param chosenFell the share of rows whose {@code log p(chosen)} fell; null where none is chosen
 * @param longerWins the accuracy of a rule that prefers the completion with more tokens (a tie is
 *     wrong): a policy that doesn't beat it may have learnt length only
 * @param shorterWins the same of fewer tokens
 */
public record PolicyComparison(
    int rows,
    int compared,
    PolicyMeasures before,
    PolicyMeasures after,
    PolicyMeasures change,
    @Nullable Estimate rewardAccuracy,
    @Nullable Estimate rewardMargin,
    @Nullable Estimate chosenFell,
    @Nullable Estimate longerWins,
    @Nullable Estimate shorterWins) {
  /**
   * Compares.
   *
   * @param examples at least one
   * @param before the log-probs of each example's completions, {@code [completions]}, in nats
   * @param after the same of the trained policy
   * @param beta scales rewards
   * @param seed of the intervals' draws
   */
  public static PolicyComparison of(
      List<TokenizedExample> examples,
      List<double[]> before,
      List<double[]> after,
      double beta,
      long seed) {
    List<RowMeasures> first = new ArrayList<>();
    List<RowMeasures> then = new ArrayList<>();
    List<RowMeasures> logRatios = new ArrayList<>();
    for (int row = 0; row < examples.size(); row++) {
      TokenizedExample e = examples.get(row);
      first.add(RowMeasures.of(e.judgement(), before.get(row)));
      then.add(RowMeasures.of(e.judgement(), after.get(row)));
      logRatios.add(
          RowMeasures.of(e.judgement(), RowMeasures.minus(after.get(row), before.get(row))));
    }
    LengthRules lengths = LengthRules.of(examples, seed);
    PolicyMeasures ofBefore = PolicyMeasures.of(first, seed);
    PolicyMeasures ofAfter = PolicyMeasures.of(then, seed);
    PolicyMeasures ofRatios = PolicyMeasures.of(logRatios, seed);
    Estimate accuracyChange =
        Estimate.of(
            IntStream.range(0, first.size())
                .mapToDouble(row -> then.get(row).accuracy() - first.get(row).accuracy()),
            seed);
    return new PolicyComparison(
        examples.size(),
        (int) first.stream().filter(RowMeasures::compares).count(),
        ofBefore,
        ofAfter,
        new PolicyMeasures(
            accuracyChange, ofRatios.margin(), ofRatios.chosen(), ofRatios.rejected()),
        ofRatios.accuracy(),
        ofRatios.margin() == null ? null : ofRatios.margin().times(beta),
        Estimate.of(
            logRatios.stream()
                .mapToDouble(RowMeasures::chosen)
                .filter(change -> !Double.isNaN(change))
                .map(change -> change < 0 ? 1 : 0),
            seed),
        lengths.longerWins(),
        lengths.shorterWins());
  }
}
