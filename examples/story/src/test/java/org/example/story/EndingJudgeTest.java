package org.example.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Openings and endings written by hand, and the reason why each is flat. */
class EndingJudgeTest {
  private static final String OPENING =
      "Ruth had bought the old theatre for the price of its curtains. She had promised her brother"
          + " Tom never to ask why the lamp in the attic was never lit. In a note left on the"
          + " table, her aunt Nora had explained why the gate to the woods was always open. In"
          + " March the river rose and took the bridge. Ruth counted the spoons, the stairs and the"
          + " days.";

  private final EndingJudge judge = new EndingJudge();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          When the river fell, the lamp was lit, and it was Tom who had broken the promise.
          The lamp shone brightly when the river fell, and her brother had broken the promise first.
          Life goes on, said the mayor. When the river fell, the lamp was lit, and it was Tom who had broken the promise.
          """)
  void intriguing(String ending) {
    assertEquals(Set.of(), judge.flaws(OPENING, " " + ending));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          WRONG_THING    | When the river fell, the gate was locked, and it was Tom who had broken the promise.
          WRONG_THING    | When the river fell, the piano was silent, and it was Tom who had broken the promise.
          WRONG_PERSON   | When the river fell, the lamp was lit, and it was Nora who had broken the promise.
          WRONG_PERSON   | When the river fell, the lamp was lit, and her aunt had broken the promise first.
          WRONG_MATTER   | When the river fell, the lamp was lit, and it was Tom who owed the debt.
          NO_TURN        | When the river fell, the lamp gave no light, and it was Tom who had broken the promise.
          EXPLAINED_AWAY | When the river fell, the lamp was lit, and it was Tom who had broken the promise. Life goes on, said the mayor.
          """)
  void flatByASingleFlaw(Flaw flaw, String ending) {
    assertEquals(Set.of(flaw), judge.flaws(OPENING, " " + ending));
  }

  @Test
  void flatByForgettingTheQuestion() {
    assertEquals(
        Flatness.FORGETS_THE_QUESTION.flaws(),
        judge.flaws(
            OPENING, " When the river fell, the gate was locked, and Nora had not left at all."));
  }

  @Test
  void theOtherConditionIsATurnOnlyForWhatWasNot() {
    String opening = OPENING.replace("was never lit", "was never dark");
    String ending =
        " When the river fell, the lamp was lit, and it was Tom who had broken the promise.";
    assertEquals(Set.of(Flaw.NO_TURN), judge.flaws(opening, ending));
  }

  @Test
  void openingsWithoutAQuestionAreRefused() {
    String opening = OPENING.replace("promised", "told");
    assertThrows(IllegalArgumentException.class, () -> judge.flaws(opening, " The lamp was lit."));
  }

  @Test
  void endingsOfAnotherGrammarAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> judge.flaws(OPENING, " And then she woke up."));
  }
}
