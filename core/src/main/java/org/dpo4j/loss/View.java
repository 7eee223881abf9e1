package org.dpo4j.loss;

/**
 * What a loss is shown of an example. Its type says which data the loss can have: a loss that takes
 * {@link Ranking}s can't be given pairs of a tie, and finds that out before anything is loaded.
 */
public sealed interface View permits Comparison, Labelled, Demonstration, Choice, Ranking {}
