package org.example.story;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** All that stories are made of. */
record StoryGrammar(
    List<String> women,
    List<String> men,
    List<Person> people,
    List<Template> settings,
    List<Complication> complications,
    List<Reaction> reactions,
    List<String> choruses,
    List<Template> endings,
    List<Opposition> oppositions,
    List<Theme> themes) {

  /** The grammar of grammar.txt. */
  static StoryGrammar load() {
    PhraseBook book = PhraseBook.load("grammar.txt");
    return new StoryGrammar(
        book.phrases("women"),
        book.phrases("men"),
        Stream.concat(people(book, "women"), people(book, "men")).toList(),
        book.templates("setting"),
        book.phrases("complication").stream().map(StoryGrammar::complication).toList(),
        Arrays.stream(Reaction.About.values()).flatMap(about -> reactions(book, about)).toList(),
        book.phrases("chorus"),
        book.templates("ending"),
        book.children("opposition").stream().map(name -> opposition(book, name)).toList(),
        book.children("theme").stream().map(name -> theme(book, "theme." + name, name)).toList());
  }

  private static Stream<Person> people(PhraseBook book, String who) {
    return book.phrases("kin." + who).stream()
        .flatMap(kin -> book.phrases(who).stream().map(name -> new Person(kin, name)));
  }

  private static Complication complication(String line) {
    String[] parts = line.split(" => ");
    return new Complication(parts[0], parts[1]);
  }

  private static Stream<Reaction> reactions(PhraseBook book, Reaction.About about) {
    return book.templates("reaction." + about.name().toLowerCase(Locale.ROOT)).stream()
        .map(sentence -> new Reaction(sentence, about));
  }

  private static Opposition opposition(PhraseBook book, String name) {
    String section = "opposition." + name;
    List<Thing> things =
        book.phrases(section + ".things").stream()
            .map(line -> line.split(" ", 2))
            .map(parts -> new Thing(parts[0], parts[1]))
            .toList();
    List<Condition> conditions =
        book.children(section).stream()
            .filter(child -> !child.equals("things"))
            .map(child -> condition(book, section + "." + child, child))
            .toList();
    return new Opposition(name, things, conditions);
  }

  private static Condition condition(PhraseBook book, String section, String name) {
    return new Condition(name, book.phrases(section + ".was"), book.phrases(section + ".now"));
  }

  private static Theme theme(PhraseBook book, String section, String name) {
    return new Theme(
        name,
        book.phrases(section + ".matter").get(0),
        book.templates(section + ".open"),
        book.templates(section + ".settled"),
        book.templates(section + ".turn"));
  }
}
