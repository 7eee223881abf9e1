package org.example.story;

/** The two strands of an opening, as its text was read. */
record Strands(Strand question, Strand settled) {

  /**
   * The condition that the opening says a thing is in; {@code thing} as an ending names it, such as
   * "the lantern".
   */
  Condition conditionOf(String thing) {
    return thing.equals(settled.thing().named()) ? settled.condition() : question.condition();
  }
}
