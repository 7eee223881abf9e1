package org.dpo4j.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.dpo4j.layout.TokenLayout.CausalRows;
import org.dpo4j.layout.TokenLayout.Segment;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

class TokenLayoutTest {
  private static final TokenIds PROMPT = TokenIds.of(10, 11, 12);

  private static TokenizedCompletion after(TokenIds prompt, int... ids) {
    return new TokenizedCompletion(prompt, TokenIds.of(ids));
  }

  private static TokenizedExample example(TokenizedCompletion... completions) {
    return new TokenizedExample(0, List.of(completions), new Judgement.Best(0), Map.of());
  }

  private static TokenLayout layout(TokenizedExample... examples) {
    return TokenLayout.of(List.of(examples), longest -> true);
  }

  @Test
  void aSharedPromptIsLaidDownOnce() {
    TokenLayout l = layout(example(after(PROMPT, 20, 21, 22), after(PROMPT, 30, 31)));
    assertArrayEquals(new int[] {10, 11, 12, 20, 21, 30}, l.values(Index.IDS));
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 3}, l.values(Index.POSITION));
    // the last token of a completion is a target only; the prompt's last token predicts both firsts
    assertArrayEquals(new int[] {20, 21, 22, 30, 31}, l.values(Index.TARGETS));
    assertArrayEquals(new int[] {2, 3, 4, 2, 5}, l.values(Index.PREDICTED_FROM));
    assertEquals(
        List.of(new Segment(0, 3, -1), new Segment(3, 2, 0), new Segment(5, 1, 0)), l.segments());
    assertEquals(List.of(1, 2), l.leaves());
    assertArrayEquals(new int[] {0, 1, 2, 5}, l.path(2));
    assertArrayEquals(new int[] {0, 0, 0, 1, 1, 2}, l.segmentOf());
    assertEquals(0, l.firstPrediction(0));
    assertEquals(3, l.firstPrediction(1));
    assertEquals(5, l.firstPrediction(2));
    assertEquals(6, l.length(Axis.TOKENS));
    assertEquals(5, l.length(Axis.PREDICTIONS));
    assertEquals(1, l.length(Axis.ONE));
  }

  @Test
  void aPromptIsRepeatedWhereItMayNotBeShared() {
    List<TokenizedExample> batch =
        List.of(example(after(PROMPT, 20, 21, 22), after(PROMPT, 30, 31)));
    TokenLayout repeated = TokenLayout.of(batch, longest -> longest < 6);
    assertArrayEquals(new int[] {10, 11, 12, 20, 21, 10, 11, 12, 30}, repeated.values(Index.IDS));
    // whole sequences, the last tokens included
    assertArrayEquals(new int[] {6, 6, 6, 6, 6, 5, 5, 5, 5}, repeated.sequenceLengths());
    assertEquals(6, TokenLayout.of(batch, longest -> longest < 7).length(Axis.TOKENS));
  }

  @Test
  void withoutPromptNothingPredictsTheFirstToken() {
    TokenLayout l = layout(example(after(TokenIds.EMPTY, 7, 8, 9), after(TokenIds.EMPTY, 7)));
    assertArrayEquals(new int[] {7, 8}, l.values(Index.IDS));
    assertArrayEquals(new int[] {8, 9}, l.values(Index.TARGETS));
    assertArrayEquals(new int[] {0, 1}, l.values(Index.PREDICTED_FROM));
    assertEquals(2, l.firstPrediction(1));
    assertEquals(2, l.firstPrediction(2));
  }

  @Test
  void aCompletionOfOneTokenLaysNothingDown() {
    TokenLayout l = layout(example(after(PROMPT, 20), after(PROMPT, 30)));
    assertArrayEquals(new int[] {10, 11, 12}, l.values(Index.IDS));
    assertArrayEquals(new int[] {2, 2}, l.values(Index.PREDICTED_FROM));
    assertArrayEquals(new int[] {20, 30}, l.values(Index.TARGETS));
    assertEquals(new Segment(3, 0, 0), l.segments().get(l.leaves().get(1)));
  }

  @Test
  void differentPromptsAreNotShared() {
    TokenLayout l = layout(example(after(PROMPT, 20, 21), after(TokenIds.of(12), 30, 31)));
    assertArrayEquals(new int[] {10, 11, 12, 20, 12, 30}, l.values(Index.IDS));
    assertArrayEquals(new int[] {0, 1, 2, 3, 0, 1}, l.values(Index.POSITION));
    assertArrayEquals(new int[] {2, 3, 4, 5}, l.values(Index.PREDICTED_FROM));
  }

  @Test
  void examplesWithAnEqualPromptShareIt() {
    TokenIds other = TokenIds.of(12);
    TokenLayout l =
        layout(
            example(after(PROMPT, 20)), example(after(other, 40, 41)), example(after(PROMPT, 30)));
    assertArrayEquals(new int[] {10, 11, 12, 12, 40}, l.values(Index.IDS));
    assertArrayEquals(new int[] {2, 3, 4, 2}, l.values(Index.PREDICTED_FROM));
    assertArrayEquals(new int[] {20, 40, 41, 30}, l.values(Index.TARGETS));
  }

  @Test
  void anExampleThatMayNotShareSharesWithNobody() {
    List<TokenizedExample> batch =
        List.of(
            example(after(PROMPT, 20, 21)),
            example(after(PROMPT, 30, 31, 32)),
            example(after(PROMPT, 40, 41)));
    TokenLayout l = TokenLayout.of(batch, longest -> longest < 6);
    assertArrayEquals(new int[] {10, 11, 12, 20, 10, 11, 12, 30, 31, 40}, l.values(Index.IDS));
  }

  @Test
  void withoutPromptsExamplesAreTreesOfTheirOwn() {
    TokenLayout l = layout(example(after(TokenIds.EMPTY, 7, 8)), example(after(TokenIds.EMPTY, 7)));
    assertEquals(2, l.segments().stream().filter(s -> s.parent() < 0).count());
  }

  @Test
  void anEmptyBatchHasNothing() {
    TokenLayout l = layout();
    assertEquals(0, l.length(Axis.TOKENS));
    assertEquals(0, l.completions());
    assertEquals(0, l.firstPrediction(0));
    assertEquals(0, l.causalRows().width());
  }

  @Test
  void causalRowsHoldEachCompletionWithItsPrompt() {
    CausalRows rows =
        layout(
                example(after(PROMPT, 20, 21, 22), after(PROMPT, 30)),
                example(after(TokenIds.of(10, 11, 13), 40)))
            .causalRows();
    assertEquals(3, rows.rows());
    assertEquals(5, rows.width());
    assertArrayEquals(new int[] {5, 3, 3}, rows.rowLengths());
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 0, 1, 2, 0, 0, 5, 6, 7, 0, 0}, rows.tokenOfSlot());
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 10, 11, 12}, rows.slotOfToken());
  }

  @Test
  void everyTokenIsInASlotThatHoldsIt() {
    TokenLayout l = TokenLayout.of(new TestExamples(4, 50).mixed(), longest -> true);
    CausalRows rows = l.causalRows();
    int[] slots = rows.slotOfToken();
    int[] tokens = Arrays.stream(slots).map(slot -> rows.tokenOfSlot()[slot]).toArray();
    int[] expected = new int[l.length(Axis.TOKENS)];
    Arrays.setAll(expected, i -> i);
    assertArrayEquals(expected, tokens);
  }

  @Test
  void predictionsKeepTheOrderOfExamplesAndCompletions() {
    List<TokenizedExample> batch = new TestExamples(4, 50).mixed();
    TokenLayout l = TokenLayout.of(batch, longest -> true);
    int completion = 0;
    for (TokenizedExample e : batch) {
      for (TokenizedCompletion c : e.completions()) {
        int from = l.firstPrediction(completion);
        int to = l.firstPrediction(++completion);
        int[] ids = c.ids().toArray();
        assertArrayEquals(
            Arrays.copyOfRange(ids, ids.length - c.predictions(), ids.length),
            Arrays.copyOfRange(l.values(Index.TARGETS), from, to));
      }
    }
    assertEquals(l.completions(), completion);
  }

  @Test
  void refusesAxesAndIndexesThatItDoesNotHave() {
    assertThrows(IllegalArgumentException.class, () -> layout().length(Axis.VOCABULARY));
    Index other = new Index("other", Axis.TOKENS, Axis.TOKENS);
    assertThrows(IllegalArgumentException.class, () -> layout().values(other));
    Column column = new Column("c", Axis.TOKENS, 1);
    Batch batch = new Batch(layout(), Map.of(), List.of());
    assertThrows(IllegalArgumentException.class, () -> batch.values(column));
  }
}
