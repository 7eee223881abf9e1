package org.example.story;

import java.util.EnumSet;
import java.util.Set;

/**
 * Says from the text alone whether an ending is intriguing or flat, and why.
 *
 * <p>An opening plants a question: a thing that is always in the same condition, and a matter open
 * between the main character and somebody else. It also has a thing that nobody wonders about. An
 * intriguing ending brings back the thing in question, with its condition reversed, and turns the
 * open matter round upon the same person; and it has the last word.
 */
public final class EndingJudge {
  private final OpeningReader openings;
  private final EndingReader endings;

  /** A judge of stories that the example's grammar tells. */
  public EndingJudge() {
    this(StoryGrammar.load());
  }

  EndingJudge(StoryGrammar grammar) {
    openings = new OpeningReader(grammar);
    endings = new EndingReader(grammar);
  }

  /**
   * The ending's flaws: none if it is intriguing. Text that the grammar doesn't tell is an
   * IllegalArgumentException.
   */
  public Set<Flaw> flaws(String opening, String ending) {
    Strands strands = openings.read(opening);
    Strand question = strands.question();
    Claims claims = endings.read(ending);
    Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
    if (!claims.thing().equals(question.thing().named())) {
      flaws.add(Flaw.WRONG_THING);
    }
    if (!claims.isAbout(question.person())) {
      flaws.add(Flaw.WRONG_PERSON);
    }
    if (!claims.theme().equals(question.theme())) {
      flaws.add(Flaw.WRONG_MATTER);
    }
    if (claims.condition().equals(strands.conditionOf(claims.thing()))) {
      flaws.add(Flaw.NO_TURN);
    }
    if (claims.chorus() == Ending.Chorus.LAST) {
      flaws.add(Flaw.EXPLAINED_AWAY);
    }
    return flaws;
  }

  /** Whether the ending is intriguing. */
  public boolean isIntriguing(String opening, String ending) {
    return flaws(opening, ending).isEmpty();
  }
}
