package org.example.story;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Finds the two strands of an opening in its text, by the grammar alone. */
final class OpeningReader {
  private record Wording(TemplateReader reader, Theme theme) {}

  private final Map<String, Opposition> kinds = new HashMap<>();
  private final Map<String, Thing> things = new LinkedHashMap<>();
  private final Map<String, Condition> conditions = new LinkedHashMap<>();
  private final Map<String, Person> people = new LinkedHashMap<>();
  private final List<Wording> open;
  private final List<Wording> settled;

  OpeningReader(StoryGrammar grammar) {
    for (Opposition kind : grammar.oppositions()) {
      for (Thing thing : kind.things()) {
        things.put(thing.introduced(), thing);
        kinds.put(thing.introduced(), kind);
      }
      for (Condition condition : kind.conditions()) {
        condition.was().forEach(phrase -> conditions.put(phrase, condition));
      }
    }
    Map<String, List<String>> phrases = Pronouns.phrases();
    for (Pronouns whose : Pronouns.values()) {
      grammar.people().forEach(person -> people.put(person.introduced(whose), person));
    }
    phrases.put("thing", List.copyOf(things.keySet()));
    phrases.put("was", List.copyOf(conditions.keySet()));
    phrases.put("person", List.copyOf(people.keySet()));
    open = wordings(grammar, Theme::open, phrases);
    settled = wordings(grammar, Theme::settled, phrases);
  }

  private static List<Wording> wordings(
      StoryGrammar grammar,
      Function<Theme, List<Template>> templates,
      Map<String, List<String>> phrases) {
    List<Wording> wordings = new ArrayList<>();
    for (Theme theme : grammar.themes()) {
      for (Template template : templates.apply(theme)) {
        wordings.add(new Wording(new TemplateReader(template, phrases), theme));
      }
    }
    return wordings;
  }

  /** The strands that the opening spins; it must spin exactly one of each kind. */
  Strands read(String opening) {
    return new Strands(only(opening, open, "open"), only(opening, settled, "settled"));
  }

  private Strand only(String opening, List<Wording> wordings, String kind) {
    List<Strand> found = new ArrayList<>();
    for (String sentence : opening.split("(?<=\\.) ")) {
      for (Wording wording : wordings) {
        wording
            .reader()
            .read(sentence)
            .map(read -> strand(read, wording.theme()))
            .ifPresent(found::add);
      }
    }
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          "expected one %s strand, but found %s in: %s".formatted(kind, found, opening));
    }
    return found.get(0);
  }

  private Strand strand(Map<String, String> read, Theme theme) {
    String thing = read.get("thing");
    return new Strand(
        kinds.get(thing),
        things.get(thing),
        conditions.get(read.get("was")),
        theme,
        people.get(read.get("person")));
  }
}
