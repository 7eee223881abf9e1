package org.example.story;

/**
 * What can be wrong with an ending. An ending without a flaw is intriguing, every other one is
 * flat.
 */
public enum Flaw {
  /** It brings back the thing that nobody wondered about. */
  WRONG_THING,
  /** It is about the person who had nothing to do with the question. */
  WRONG_PERSON,
  /** It answers what was not asked: a debt where there was a promise. */
  WRONG_MATTER,
  /** Nothing has turned: the thing is as it was said to be in the opening. */
  NO_TURN,
  /** The last word is a platitude, which takes back what was revealed. */
  EXPLAINED_AWAY
}
