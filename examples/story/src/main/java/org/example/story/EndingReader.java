package org.example.story;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds what an ending says in its text, by the grammar alone. */
final class EndingReader {
  private record Turn(Theme theme, String person) {}

  private final List<String> choruses;
  private final Map<String, Condition> conditions = new LinkedHashMap<>();
  private final Map<String, Turn> turns = new LinkedHashMap<>();
  private final List<TemplateReader> sentences;

  EndingReader(StoryGrammar grammar) {
    choruses = grammar.choruses();
    Set<String> things = new LinkedHashSet<>();
    for (Opposition kind : grammar.oppositions()) {
      kind.things().forEach(thing -> things.add(thing.named()));
      for (Condition condition : kind.conditions()) {
        condition.now().forEach(phrase -> conditions.put(phrase, condition));
      }
    }
    for (String person : mentions(grammar)) {
      addTurns(grammar, person);
    }
    Map<String, List<String>> phrases = Pronouns.phrases();
    phrases.put("thing", List.copyOf(things));
    phrases.put("now", List.copyOf(conditions.keySet()));
    phrases.put("turn", List.copyOf(turns.keySet()));
    phrases.put("when", grammar.complications().stream().map(Complication::when).toList());
    sentences = new ArrayList<>();
    grammar.endings().forEach(ending -> sentences.add(new TemplateReader(ending, phrases)));
  }

  private static Set<String> mentions(StoryGrammar grammar) {
    Set<String> mentions = new LinkedHashSet<>();
    for (Person person : grammar.people()) {
      mentions.add(person.name());
      for (Pronouns whose : Pronouns.values()) {
        mentions.add(person.kin(whose));
      }
    }
    return mentions;
  }

  private void addTurns(StoryGrammar grammar, String person) {
    for (Theme theme : grammar.themes()) {
      for (Template template : theme.turn()) {
        turns.put(template.fill(Map.of("person", person)), new Turn(theme, person));
      }
    }
  }

  /** What the ending says; its sentences must be the grammar's. */
  Claims read(String ending) {
    String text = ending.strip();
    for (String chorus : choruses) {
      if (text.startsWith(chorus + " ")) {
        return sentence(text.substring(chorus.length() + 1), Ending.Chorus.FIRST);
      }
      if (text.endsWith(" " + chorus)) {
        return sentence(text.substring(0, text.length() - chorus.length() - 1), Ending.Chorus.LAST);
      }
    }
    return sentence(text, Ending.Chorus.NONE);
  }

  private Claims sentence(String text, Ending.Chorus chorus) {
    return sentences.stream()
        .map(reader -> reader.read(text))
        .flatMap(Optional::stream)
        .findFirst()
        .map(read -> claims(read, chorus))
        .orElseThrow(() -> new IllegalArgumentException("not an ending: " + text));
  }

  private Claims claims(Map<String, String> read, Ending.Chorus chorus) {
    Turn turn = turns.get(read.get("turn"));
    return new Claims(
        read.get("thing"), conditions.get(read.get("now")), turn.theme(), turn.person(), chorus);
  }
}
