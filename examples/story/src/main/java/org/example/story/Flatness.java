package org.example.story;

import java.util.Set;

/**
 * The kinds of flat endings that pairs are made with: most have a single flaw, the hardest to hear.
 */
public enum Flatness {
  /** The question of the opening is forgotten: an ending to what was settled all along. */
  FORGETS_THE_QUESTION(Flaw.WRONG_THING, Flaw.WRONG_PERSON, Flaw.WRONG_MATTER),
  WRONG_THING(Flaw.WRONG_THING),
  WRONG_PERSON(Flaw.WRONG_PERSON),
  WRONG_MATTER(Flaw.WRONG_MATTER),
  NO_TURN(Flaw.NO_TURN),
  EXPLAINED_AWAY(Flaw.EXPLAINED_AWAY);

  private final Set<Flaw> flaws;

  Flatness(Flaw... flaws) {
    this.flaws = Set.of(flaws);
  }

  /** The flaws of such an ending, at least one. */
  public Set<Flaw> flaws() {
    return flaws;
  }

  /**
   * Whether the chorus speaks in such an ending, and so has to speak in the intriguing one beside
   * it.
   */
  boolean needsChorus() {
    return flaws.contains(Flaw.EXPLAINED_AWAY);
  }
}
