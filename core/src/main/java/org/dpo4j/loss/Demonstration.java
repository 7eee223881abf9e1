package org.dpo4j.loss;

/**
 * A completion to imitate: the best of several, a thumb up, or one that nobody judged. A thumb down
 * makes none.
 */
public record Demonstration(ScoredCompletion completion) implements View {}
