package org.dpo4j.tokenization;

/** What tokenization makes of an example: ids, or the reason why it is left out. */
public sealed interface TokenizedRow permits TokenizedExample, DroppedExample {
  /** The place in the data set, from 0; rows that were left out count. */
  long row();
}
