package org.example.story;

/**
 * The facts of a story up to its ending.
 *
 * @param name the main character's name
 * @param pronouns the main character's pronouns
 * @param setting where the story begins
 * @param question the strand with the open question
 * @param settled the strand without one; its thing, theme and person differ from the question's
 * @param questionFirst whether the question is told before the settled strand
 * @param complication what happens next
 * @param reaction what the main character does about it
 * @param chorus what other people make of it all
 */
record Opening(
    String name,
    Pronouns pronouns,
    Template setting,
    Strand question,
    Strand settled,
    boolean questionFirst,
    Complication complication,
    Reaction reaction,
    String chorus) {}
