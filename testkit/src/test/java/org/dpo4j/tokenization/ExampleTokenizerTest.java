package org.dpo4j.tokenization;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.Prompt;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.service.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleTokenizerTest {
  /** Ids: <s> 0, </s> 1, a 2, b 3, c 4, ab 5. */
  private static final Tokenizer TOKENIZER =
      new PieceTokenizer("</s>", "<s>", "</s>", "a", "b", "c", "ab");

  @Test
  void endOfSequenceIsAppendedAndPromptsAreShared() {
    assertEquals(pair(ids(0, 2, 4), ids(3, 3, 1), ids(4, 1)), tokenize("ac", "bb", "c", TOKENIZER));
  }

  /** FIELD T04: it counts once, and isn't doubled where the text has it. */
  @Test
  void endOfSequenceIsNotDoubled() {
    assertEquals(pair(ids(0, 2, 4), ids(3, 1), ids(4, 1)), tokenize("ac", "b</s>", "c", TOKENIZER));
    assertEquals(
        pair(ids(0, 2, 4), ids(3, 1, 3, 1), ids(1)), tokenize("ac", "b</s>b", "</s>", TOKENIZER));
  }

  /** "c a" + "b" is "c ab": that token is chosen's, and rejected gets its "a" back. */
  @Test
  void tokenOverTheBorderBelongsToTheCompletion() {
    assertEquals(pair(ids(0, 4), ids(5, 1), ids(2, 4, 1)), tokenize("ca", "b", "c", TOKENIZER));
  }

  @Test
  void emptyPromptWithoutStartIsEmpty() {
    Tokenizer noStart = new PieceTokenizer("</s>", "_", "</s>", "a", "b", "c");
    assertEquals(pair(ids(), ids(3, 1), ids(4, 1)), tokenize("", "b", "c", noStart));
  }

  @Test
  void demonstrationsAndColumnsPassThrough() {
    PreferenceExample example =
        new PreferenceExample(
            7, Prompt.of("a"), List.of(Completion.of("c")), Judgement.NONE, Map.of("weight", 0.5));
    assertEquals(
        new TokenizedExample(
            7,
            List.of(new TokenizedCompletion(ids(0, 2), ids(4, 1))),
            Judgement.NONE,
            Map.of("weight", 0.5)),
        tokenizer(TOKENIZER, null).tokenize(example));
  }

  @Test
  void idsAreTakenAsTheyAreWithoutATokenizer(@TempDir Path empty) {
    try (ExampleTokenizer tokenizer = ExampleTokenizer.open(empty, null, OptionalInt.empty())) {
      assertEquals(
          pair(ids(9), ids(8), ids(7, 6)),
          tokenizer.tokenize(
              PreferenceExample.pair(
                  3, Prompt.of(ids(9)), Completion.of(ids(8)), Completion.of(ids(7, 6)))));
      String message =
          assertThrows(InputException.class, () -> tokenizer.tokenize(text("a", "b", "c")))
              .getMessage();
      assertTrue(message.contains("org.dpo4j:dpo4j-tokenizers-huggingface"), message);
    }
  }

  @Test
  void directoryThatIsNoneIsNamed(@TempDir Path directory) {
    Path missing = directory.resolve("missing");
    try (ExampleTokenizer tokenizer = ExampleTokenizer.open(missing, null, OptionalInt.empty())) {
      String message =
          assertThrows(InputException.class, () -> tokenizer.tokenize(text("a", "b", "c")))
              .getMessage();
      assertTrue(message.startsWith(missing + " is no directory"), message);
    }
  }

  @Test
  void idsOutsideTheVocabularyAreNamed() {
    ExampleTokenizer tokenizer = ExampleTokenizer.of(TOKENIZER, null, OptionalInt.of(5));
    assertDoesNotThrow(() -> tokenizer.tokenize(text("b", "b", "c")));
    assertEquals(
        "Row 3: token 0 of completion 0 has the id 5, but the model's vocabulary ends at 4: were"
            + " the ids made for another model?",
        assertThrows(InputException.class, () -> tokenizer.tokenize(text("c", "ab", "c")))
            .getMessage());
  }

  @Test
  void endOfSequenceIsNeeded() {
    Tokenizer endless = new PieceTokenizer(null, "a", "b", "c");
    assertTrue(
        assertThrows(
                InputException.class, () -> tokenizer(endless, null).tokenize(text("a", "b", "c")))
            .getMessage()
            .contains("eos_token"));
  }

  @Test
  void completionThatLeavesNoTokenIsDropped() {
    TokenizedRow row =
        tokenizer(TOKENIZER, null)
            .tokenize(
                PreferenceExample.pair(
                    3, Prompt.of(ids(1)), Completion.of(ids(2)), Completion.of(ids())));
    assertEquals(new DroppedExample(3, "a completion has no token of its own"), row);
  }

  @Test
  void closesOnlyWhatItOpened() {
    Tokenizer mine = new PieceTokenizer("</s>", "a", "</s>");
    tokenizer(mine, null).close();
    assertEquals(ids(0), mine.encode("a", true));
  }

  private static TokenizedRow tokenize(
      String prompt, String chosen, String rejected, Tokenizer tokenizer) {
    return tokenizer(tokenizer, null).tokenize(text(prompt, chosen, rejected));
  }

  private static ExampleTokenizer tokenizer(Tokenizer tokenizer, Truncation truncation) {
    return ExampleTokenizer.of(tokenizer, truncation, OptionalInt.empty());
  }

  private static PreferenceExample text(String prompt, String chosen, String rejected) {
    return PreferenceExample.pair(
        3, Prompt.of(prompt), Completion.of(chosen), Completion.of(rejected));
  }

  private static TokenizedExample pair(TokenIds prompt, TokenIds chosen, TokenIds rejected) {
    return new TokenizedExample(
        3,
        List.of(new TokenizedCompletion(prompt, chosen), new TokenizedCompletion(prompt, rejected)),
        Judgement.PAIR,
        Map.of());
  }

  private static TokenIds ids(int... ids) {
    return TokenIds.of(ids);
  }
}
