package org.dpo4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

class PolicyComparisonTest {
  private static final double BETA = 0.5;

  private static TokenizedExample example(Judgement judgement, int... lengths) {
    List<TokenizedCompletion> completions =
        Arrays.stream(lengths)
            .mapToObj(n -> new TokenizedCompletion(TokenIds.of(1), TokenIds.of(new int[n])))
            .toList();
    return new TokenizedExample(0, completions, judgement, Map.of());
  }

  /**
   * Three pairs: chosen and rejected log-probs before and after, and lengths.
   *
   * <pre>
   *   before      after     log-ratios   margins        lengths
   *   -4, -2      -3, -5      +1, -3      -2 -> +2      5, 3
   *   -6, -6      -8, -9      -2, -3       0 -> +1      2, 4
   *   -1, -3      -2, -1      -1, +2      +2 -> -1      3, 3
   * </pre>
   */
  @Test
  void pairsByHand() {
    PolicyComparison c =
        PolicyComparison.of(
            List.of(
                example(Judgement.PAIR, 5, 3),
                example(Judgement.PAIR, 2, 4),
                example(Judgement.PAIR, 3, 3)),
            List.of(new double[] {-4, -2}, new double[] {-6, -6}, new double[] {-1, -3}),
            List.of(new double[] {-3, -5}, new double[] {-8, -9}, new double[] {-2, -1}),
            BETA,
            0);
    assertEquals(3, c.rows());
    assertEquals(3, c.compared());
    assertEquals(1 / 3.0, c.before().accuracy().mean(), 1e-12, "a tie is no win");
    assertEquals(2 / 3.0, c.after().accuracy().mean(), 1e-12);
    assertEquals(1 / 3.0, c.change().accuracy().mean(), 1e-12);
    assertEquals(0, c.before().margin().mean(), 1e-12); // (-2 + 0 + 2) / 3
    assertEquals(2 / 3.0, c.after().margin().mean(), 1e-12); // (2 + 1 - 1) / 3
    assertEquals(2 / 3.0, c.change().margin().mean(), 1e-12);
    assertEquals(-11 / 3.0, c.before().chosen().mean(), 1e-12);
    assertEquals(-13 / 3.0, c.after().chosen().mean(), 1e-12);
    assertEquals(-2 / 3.0, c.change().chosen().mean(), 1e-12); // (1 - 2 - 1) / 3
    assertEquals(-4 / 3.0, c.change().rejected().mean(), 1e-12); // (-3 - 3 + 2) / 3
    assertEquals(2 / 3.0, c.rewardAccuracy().mean(), 1e-12); // 1 > -3, -2 > -3, -1 < 2
    assertEquals(BETA * 2 / 3.0, c.rewardMargin().mean(), 1e-12); // (4 + 1 - 3) / 3
    assertEquals(2 / 3.0, c.chosenFell().mean(), 1e-12);
    assertEquals(1 / 3.0, c.longerWins().mean(), 1e-12);
    assertEquals(1 / 3.0, c.shorterWins().mean(), 1e-12);
  }

  /** One winner among three: two pairs of one row, which weighs no more than any other. */
  @Test
  void aRowWithSeveralPairsCountsOnce() {
    PolicyComparison c =
        PolicyComparison.of(
            List.of(example(new Judgement.Best(1), 1, 2, 1), example(Judgement.PAIR, 1, 1)),
            List.of(new double[] {-1, -2, -3}, new double[] {-1, -2}),
            List.of(new double[] {-1, -2, -3}, new double[] {-1, -2}),
            BETA,
            0);
    assertEquals((0.5 + 1) / 2, c.before().accuracy().mean(), 1e-12);
    assertEquals((0 + 1) / 2.0, c.before().margin().mean(), 1e-12); // (-1 + 1) / 2 and 1
    assertEquals((-2 - 1) / 2.0, c.before().chosen().mean(), 1e-12);
    assertEquals(0, c.rewardAccuracy().mean(), "nothing moved: no reward is higher");
  }

  @Test
  void demonstrationsCompareNothing() {
    PolicyComparison c =
        PolicyComparison.of(
            List.of(example(Judgement.NONE, 4)),
            List.of(new double[] {-4}),
            List.of(new double[] {-3}),
            BETA,
            0);
    assertEquals(1, c.rows());
    assertEquals(0, c.compared());
    assertEquals(1, c.change().chosen().mean());
    assertEquals(0, c.chosenFell().mean());
    assertNull(c.before().accuracy());
    assertNull(c.after().rejected());
    assertNull(c.rewardMargin());
    assertNull(c.longerWins());
  }
}
