package org.dpo4j.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Map;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

class EqualCompletionsTest {
  private static final TokenIds PROMPT = TokenIds.of(1, 2);
  private static final TokenIds ANSWER = TokenIds.of(5, 6);

  @Test
  void equalCompletionsOfAnExampleGetTheFirstOnesNumbers() {
    TokenizedExample unequal = pair(PROMPT, TokenIds.of(4), PROMPT, ANSWER);
    TokenizedExample equal = pair(PROMPT, ANSWER, PROMPT, ANSWER);
    double[] numbers = {-1, -2, -3, -4, -5, -4.1, -5.1};

    double[] evened = EqualCompletions.evened(List.of(unequal, equal), numbers);

    assertArrayEquals(new double[] {-1, -2, -3, -4, -5, -4, -5}, evened);
    assertArrayEquals(new double[] {-1, -2, -3, -4, -5, -4.1, -5.1}, numbers, "what was given");
  }

  @Test
  void theGradientOfEqualCompletionsIsTheFirstOnes() {
    TokenizedExample unequal = pair(PROMPT, TokenIds.of(4), PROMPT, ANSWER);
    TokenizedExample equal = pair(PROMPT, ANSWER, PROMPT, ANSWER);
    double[] gradient = {1, 2, 3, 0.3, 0.3, -0.3, 0.5};

    EqualCompletions.addToFirst(List.of(unequal, equal), gradient);

    assertArrayEquals(new double[] {1, 2, 3, 0, 0.8, 0, 0}, gradient);
  }

  /** Without predecessor the first token is not scored: one number for a completion of two. */
  @Test
  void completionsWithoutPromptCountTheirPredictionsOnly() {
    TokenizedExample equal = pair(TokenIds.EMPTY, ANSWER, TokenIds.EMPTY, ANSWER);

    assertArrayEquals(
        new double[] {-1, -1}, EqualCompletions.evened(List.of(equal), new double[] {-1, -2}));
  }

  @Test
  void equalAnswersToOtherPromptsStay() {
    TokenizedExample cutFromTheLeft = pair(PROMPT, ANSWER, TokenIds.of(2), ANSWER);
    double[] numbers = {-1, -2, -3, -4};

    assertSame(numbers, EqualCompletions.evened(List.of(cutFromTheLeft), numbers));
  }

  private static TokenizedExample pair(TokenIds p, TokenIds chosen, TokenIds q, TokenIds rejected) {
    return new TokenizedExample(
        0,
        List.of(new TokenizedCompletion(p, chosen), new TokenizedCompletion(q, rejected)),
        Judgement.PAIR,
        Map.of());
  }
}
