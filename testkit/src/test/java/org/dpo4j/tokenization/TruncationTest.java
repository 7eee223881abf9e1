package org.dpo4j.tokenization;

import static org.dpo4j.tokenization.Truncation.Mode.KEEP_END;
import static org.dpo4j.tokenization.Truncation.Mode.KEEP_START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.Prompt;
import org.dpo4j.preference.TokenIds;
import org.junit.jupiter.api.Test;

/** A prompt of 0 .. p-1, completions of 100 .. and 200 .. */
class TruncationTest {
  @Test
  void keepStartCutsEachCompletionsEnd() {
    // 2 + 40 and 2 + 3 tokens at 16: FIELD N09
    assertEquals(
        List.of(cut(0, 2, 100, 114), cut(0, 2, 200, 203)), completions(KEEP_START, 16, 2, 40, 3));
    // exactly as long stays whole, one more loses one
    assertEquals(
        List.of(cut(0, 2, 100, 105), cut(0, 2, 200, 205)), completions(KEEP_START, 7, 2, 5, 6));
  }

  @Test
  void keepStartDropsWhereThePromptAloneIsAsLong() {
    assertEquals(
        new DroppedExample(5, "the prompt has 7 tokens, and max_length is 7"),
        tokenize(KEEP_START, 7, 7, 1, 1));
    assertEquals(
        List.of(cut(0, 6, 100, 101), cut(0, 6, 200, 201)), completions(KEEP_START, 7, 6, 3, 4));
  }

  @Test
  void keepEndCutsTheLeftOfEach() {
    // 4 + 5 at 7: two of the prompt go; 4 + 2: nothing
    assertEquals(
        List.of(cut(2, 4, 100, 105), cut(0, 4, 200, 202)), completions(KEEP_END, 7, 4, 5, 2));
    // a completion of 9 at 7 loses its own start and all of its prompt
    assertEquals(
        List.of(cut(4, 4, 102, 109), cut(0, 4, 200, 203)), completions(KEEP_END, 7, 4, 9, 3));
    assertEquals(
        List.of(cut(4, 4, 104, 105), cut(4, 4, 200, 201)), completions(KEEP_END, 1, 4, 5, 1));
  }

  @Test
  void withoutLimitNothingIsCut() {
    TokenizedExample whole =
        (TokenizedExample)
            ExampleTokenizer.of(new PieceTokenizer(null, "a"), null, OptionalInt.empty())
                .tokenize(example(1000, 3000, 2));
    assertEquals(List.of(cut(0, 1000, 100, 3100), cut(0, 1000, 200, 202)), whole.completions());
  }

  @Test
  void limitIsPositive() {
    assertThrows(IllegalArgumentException.class, () -> new Truncation(KEEP_START, 0));
  }

  private static List<TokenizedCompletion> completions(
      Truncation.Mode mode, int maxLength, int prompt, int chosen, int rejected) {
    return ((TokenizedExample) tokenize(mode, maxLength, prompt, chosen, rejected)).completions();
  }

  private static TokenizedRow tokenize(
      Truncation.Mode mode, int maxLength, int prompt, int chosen, int rejected) {
    return ExampleTokenizer.of(
            new PieceTokenizer(null, "a"), new Truncation(mode, maxLength), OptionalInt.empty())
        .tokenize(example(prompt, chosen, rejected));
  }

  private static PreferenceExample example(int prompt, int chosen, int rejected) {
    return PreferenceExample.pair(
        5,
        Prompt.of(range(0, prompt)),
        Completion.of(range(100, 100 + chosen)),
        Completion.of(range(200, 200 + rejected)));
  }

  private static TokenizedCompletion cut(int from, int to, int completionFrom, int completionTo) {
    return new TokenizedCompletion(range(from, to), range(completionFrom, completionTo));
  }

  private static TokenIds range(int from, int to) {
    return TokenIds.of(IntStream.range(from, to).toArray());
  }
}
