package org.example.story;

import java.util.Set;

/**
 * What an ending claims: a thing and the condition it is now in, a matter and the person it turns
 * to.
 *
 * @param chorus where the platitude stands
 */
record Ending(Thing thing, Condition condition, Theme theme, Person person, Chorus chorus) {

  /** Where the chorus, what other people make of it all, is heard. */
  enum Chorus {
    NONE,
    /** It speaks first, and the ending proves it wrong. */
    FIRST,
    /** It has the last word. */
    LAST
  }

  /**
   * The ending to an opening that has just these flaws; the intriguing one if there are none.
   *
   * @param heard whether the chorus speaks; it has to where it explains the ending away
   */
  static Ending of(Opening opening, Set<Flaw> flaws, boolean heard) {
    Strand told = flaws.contains(Flaw.WRONG_THING) ? opening.settled() : opening.question();
    Strand matter = flaws.contains(Flaw.WRONG_MATTER) ? opening.settled() : opening.question();
    Strand whose = flaws.contains(Flaw.WRONG_PERSON) ? opening.settled() : opening.question();
    Condition before = told.condition();
    Condition now = flaws.contains(Flaw.NO_TURN) ? before : told.kind().opposite(before);
    return new Ending(told.thing(), now, matter.theme(), whose.person(), chorus(flaws, heard));
  }

  private static Chorus chorus(Set<Flaw> flaws, boolean heard) {
    if (!heard) {
      return Chorus.NONE;
    }
    return flaws.contains(Flaw.EXPLAINED_AWAY) ? Chorus.LAST : Chorus.FIRST;
  }
}
