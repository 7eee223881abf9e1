package org.example.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A phrase means one thing only, or the text of a story would not tell its facts. */
class StoryGrammarTest {
  private final StoryGrammar grammar = StoryGrammar.load();

  @Test
  void noTwoConditionsShareAPhrase() {
    assertDistinct(conditions().flatMap(condition -> condition.was().stream()));
    assertDistinct(conditions().flatMap(condition -> condition.now().stream()));
  }

  @Test
  void noTwoThingsAreInTheSamePlaceUnderTheSameName() {
    assertDistinct(things().map(Thing::introduced));
  }

  @Test
  void noThingIsOfTwoKinds() {
    assertDistinct(
        grammar.oppositions().stream()
            .flatMap(kind -> kind.things().stream().map(Thing::name).distinct()));
  }

  @Test
  void noTwoThemesShareATurn() {
    assertDistinct(
        grammar.themes().stream().flatMap(theme -> theme.turn().stream()).map(Template::text));
  }

  @Test
  void bothStrandsAreRecalledAsOften() {
    assertEquals(recalls(Reaction.About.QUESTION), recalls(Reaction.About.SETTLED));
  }

  @Test
  void everyConditionIsToldInAsManyWays() {
    assertEquals(1, conditions().map(condition -> condition.was().size()).distinct().count());
    assertEquals(1, conditions().map(condition -> condition.now().size()).distinct().count());
  }

  private long recalls(Reaction.About about) {
    return grammar.reactions().stream().filter(reaction -> reaction.about() == about).count();
  }

  private Stream<Condition> conditions() {
    return grammar.oppositions().stream().flatMap(kind -> kind.conditions().stream());
  }

  private Stream<Thing> things() {
    return grammar.oppositions().stream().flatMap(kind -> kind.things().stream());
  }

  private static void assertDistinct(Stream<String> phrases) {
    List<String> all = phrases.toList();
    assertTrue(all.size() > 1);
    assertEquals(all.size(), new HashSet<>(all).size(), () -> "twice in " + all);
  }
}
