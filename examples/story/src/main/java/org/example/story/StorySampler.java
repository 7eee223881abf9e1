package org.example.story;

import java.util.EnumSet;
import java.util.Set;

/**
 * Makes up the facts of stories. The question and the settled strand are drawn alike, so nothing
 * but their sentences tells them apart.
 */
final class StorySampler {
  private final StoryGrammar grammar;
  private final Choice choice;

  StorySampler(StoryGrammar grammar, Choice choice) {
    this.grammar = grammar;
    this.choice = choice;
  }

  Opening opening() {
    boolean woman = choice.coin();
    String name = choice.of(woman ? grammar.women() : grammar.men());
    Strand question = strand(choice.of(grammar.people(), person -> !person.name().equals(name)));
    Strand settled =
        strand(
            choice.of(
                grammar.people(),
                person ->
                    !person.name().equals(name)
                        && !person.name().equals(question.person().name())
                        && !person.kin().equals(question.person().kin())));
    while (settled.thing().name().equals(question.thing().name())
        || settled.theme().equals(question.theme())) {
      settled = strand(settled.person());
    }
    return new Opening(
        name,
        woman ? Pronouns.SHE : Pronouns.HE,
        choice.of(grammar.settings()),
        question,
        settled,
        choice.coin(),
        choice.of(grammar.complications()),
        choice.of(grammar.reactions()),
        choice.of(grammar.choruses()));
  }

  private Strand strand(Person person) {
    Opposition kind = choice.of(grammar.oppositions());
    return new Strand(
        kind,
        choice.of(kind.things()),
        choice.of(kind.conditions()),
        choice.of(grammar.themes()),
        person);
  }

  /**
   * Each flaw with probability one half: so writes somebody who knows the words but not what makes
   * an ending.
   *
   * @param heard whether the chorus speaks; only then can it explain the ending away
   */
  Set<Flaw> anyFlaws(boolean heard) {
    Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
    for (Flaw flaw : Flaw.values()) {
      if (choice.coin() && (heard || flaw != Flaw.EXPLAINED_AWAY)) {
        flaws.add(flaw);
      }
    }
    return flaws;
  }
}
