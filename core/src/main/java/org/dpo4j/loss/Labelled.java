package org.dpo4j.loss;

/**
 * A completion that was judged good or bad. Anything judged makes one of each completion; of
 * several completions the best are good and all others bad.
 */
public record Labelled(ScoredCompletion completion, boolean good) implements View {}
