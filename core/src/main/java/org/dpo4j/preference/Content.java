package org.dpo4j.preference;

/** What a prompt or a completion is written in. Chat messages will be a third kind. */
public sealed interface Content {
  /** Plain text, not yet tokenized. */
  record Text(String text) implements Content {}

  /** Ids of the model's own vocabulary, taken as they are: nothing is appended. */
  record Tokens(TokenIds ids) implements Content {}
}
