package org.example.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StoryDataTest {
  private static final StoryData DATA = StoryData.generate(7, 2000, 3000, 600);
  private final EndingJudge judge = new EndingJudge();

  @Test
  void theJudgeFindsEveryChosenEndingIntriguing() {
    for (Pair pair : pairs()) {
      assertEquals(Set.of(), judge.flaws(pair.prompt(), pair.chosen()), pair::toString);
    }
  }

  @Test
  void theJudgeFindsEveryRejectedEndingFlatForTheReasonGiven() {
    for (Pair pair : pairs()) {
      Set<Flaw> expected = pair.flatness().flaws();
      assertEquals(expected, judge.flaws(pair.prompt(), pair.rejected()), pair::toString);
    }
  }

  @Test
  void everyKindOfFlatnessIsThereAsOften() {
    for (Flatness flatness : Flatness.values()) {
      assertEquals(
          100, DATA.heldout().stream().filter(pair -> pair.flatness() == flatness).count());
    }
  }

  @Test
  void noOpeningIsToldTwice() {
    List<String> openings =
        Stream.concat(
                pairs().stream().map(Pair::prompt),
                DATA.stories().stream().map(StoryDataTest::opening))
            .toList();
    assertEquals(openings.size(), new HashSet<>(openings).size());
  }

  @Test
  void theSeedDecidesEverything() {
    assertEquals(StoryData.generate(7, 20, 20, 20), StoryData.generate(7, 20, 20, 20));
    assertNotEquals(StoryData.generate(7, 20, 20, 20), StoryData.generate(8, 20, 20, 20));
  }

  @Test
  void storiesAreOfTheLengthThatTheModelIsMadeFor() {
    for (Pair pair : pairs()) {
      assertBetween(45, 110, WordTokenizer.words(pair.prompt()).size(), pair.prompt());
      assertBetween(12, 40, WordTokenizer.words(pair.chosen()).size(), pair.chosen());
      assertBetween(12, 40, WordTokenizer.words(pair.rejected()).size(), pair.rejected());
    }
  }

  @Test
  void storiesHaveEachFlawInHalfOfTheCases() {
    for (Flaw flaw : Flaw.values()) {
      long stories =
          flaw == Flaw.EXPLAINED_AWAY ? DATA.stories().size() / 2 : DATA.stories().size();
      long flawed = DATA.stories().stream().filter(story -> flaws(story).contains(flaw)).count();
      assertEquals(0.5, (double) flawed / stories, 0.05, flaw::name);
    }
  }

  private static List<Pair> pairs() {
    return Stream.concat(DATA.pairs().stream(), DATA.heldout().stream()).toList();
  }

  private Set<Flaw> flaws(Story story) {
    String opening = opening(story);
    return judge.flaws(opening, (story.prompt() + story.completion()).substring(opening.length()));
  }

  /** The first five sentences. */
  private static String opening(Story story) {
    String[] sentences = (story.prompt() + story.completion()).split("(?<=\\.) ");
    return String.join(" ", Arrays.copyOf(sentences, 5));
  }

  private static void assertBetween(int least, int most, int actual, String what) {
    assertTrue(least <= actual && actual <= most, () -> actual + " words: " + what);
  }
}
