package org.dpo4j.tokenization;

/**
 * An example of which the truncation asked for leaves nothing to learn. No error: it is counted.
 *
 * @param row its place in the data set, from 0
 * @param reason for people
 */
public record DroppedExample(long row, String reason) implements TokenizedRow {}
