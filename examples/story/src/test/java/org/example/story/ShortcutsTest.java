package org.example.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Without reading the story nobody can tell the endings apart: each rule of thumb is right in about
 * half of the held-out pairs.
 */
class ShortcutsTest {
  /** Four standard deviations of a fair coin thrown as often as there are held-out pairs. */
  private static final double CHANCE = 4 * 0.5 / Math.sqrt(3000);

  private static final StoryData DATA = StoryData.generate(11, 0, 6000, 3000);

  @Test
  void singleWordsTellNothing() {
    assertChance(DATA.heldout(), Shortcuts.words());
  }

  @Test
  void lengthTellsNothing() {
    assertChance(DATA.heldout(), Shortcuts.length());
  }

  @Test
  void wordsThatTheOpeningHasTellNothing() {
    assertChance(DATA.heldout(), Shortcuts.wordsOfTheOpening());
  }

  @Test
  void orderTellsOnlyWhetherTheChorusHasTheLastWord() {
    Set<Flatness> others = EnumSet.complementOf(EnumSet.of(Flatness.EXPLAINED_AWAY));
    List<Pair> pairs = new ArrayList<>(DATA.heldout());
    pairs.removeIf(pair -> !others.contains(pair.flatness()));
    assertChance(pairs, Shortcuts.wordPairs());
  }

  @Test
  void theSameJudgeFindsWhatIsThere() {
    LogOdds.Features firstWords = (opening, ending) -> List.of(opening.substring(0, 1) + ending);
    assertTrue(new LogOdds(firstWords, DATA.pairs()).accuracy(DATA.pairs()) > 0.9);
  }

  private static void assertChance(List<Pair> pairs, LogOdds.Features features) {
    assertEquals(0.5, new LogOdds(features, DATA.pairs()).accuracy(pairs), CHANCE);
  }
}
