package org.example.story;

/**
 * A thing, the condition it is said to be in, and a person tied to it by a theme. An opening spins
 * two of them: one with an open question, one that is settled.
 */
record Strand(Opposition kind, Thing thing, Condition condition, Theme theme, Person person) {}
