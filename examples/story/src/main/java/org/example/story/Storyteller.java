package org.example.story;

import java.util.List;
import java.util.Map;

/** Puts the facts of a story into words, choosing among the wordings of the grammar. */
final class Storyteller {
  private final StoryGrammar grammar;
  private final Choice choice;

  Storyteller(StoryGrammar grammar, Choice choice) {
    this.grammar = grammar;
    this.choice = choice;
  }

  /** The story up to its ending: some five sentences. */
  String opening(Opening opening) {
    Map<String, String> character = character(opening);
    String question = strand(opening.question(), opening.question().theme().open(), opening);
    String settled = strand(opening.settled(), opening.settled().theme().settled(), opening);
    return String.join(
        " ",
        opening.setting().fill(character),
        opening.questionFirst() ? question : settled,
        opening.questionFirst() ? settled : question,
        opening.complication().sentence(),
        reaction(opening));
  }

  private String strand(Strand strand, List<Template> wordings, Opening opening) {
    Map<String, String> values = character(opening);
    values.put("thing", strand.thing().introduced());
    values.put("was", choice.of(strand.condition().was()));
    values.put("person", strand.person().introduced(opening.pronouns()));
    return choice.of(wordings).fill(values);
  }

  private String reaction(Opening opening) {
    Reaction reaction = opening.reaction();
    return switch (reaction.about()) {
      case OTHER -> reaction.sentence().fill(character(opening));
      case QUESTION -> recall(opening, opening.question());
      case SETTLED -> recall(opening, opening.settled());
    };
  }

  private String recall(Opening opening, Strand strand) {
    Map<String, String> values =
        mentions(opening, strand.thing(), strand.condition(), strand.person());
    values.put("matter", strand.theme().matter());
    return opening.reaction().sentence().fill(values);
  }

  /** An ending: a sentence, and the chorus before or after it where it speaks. */
  String ending(Opening opening, Ending ending) {
    Map<String, String> values =
        mentions(opening, ending.thing(), ending.condition(), ending.person());
    values.put("turn", choice.of(ending.theme().turn()).fill(values));
    values.put("when", opening.complication().when());
    String sentence = choice.of(grammar.endings()).fill(values);
    return switch (ending.chorus()) {
      case NONE -> sentence;
      case FIRST -> opening.chorus() + " " + sentence;
      case LAST -> sentence + " " + opening.chorus();
    };
  }

  private Map<String, String> mentions(
      Opening opening, Thing thing, Condition condition, Person person) {
    Map<String, String> values = character(opening);
    values.put("thing", thing.named());
    values.put("now", choice.of(condition.now()));
    values.put("person", choice.coin() ? person.name() : person.kin(opening.pronouns()));
    return values;
  }

  private static Map<String, String> character(Opening opening) {
    Map<String, String> values = opening.pronouns().words();
    values.put("name", opening.name());
    return values;
  }
}
