package org.dpo4j.preference;

/** What is answered. May be empty. */
public record Prompt(Content content) {
  /** A prompt of plain text. */
  public static Prompt of(String text) {
    return new Prompt(new Content.Text(text));
  }

  /** A prompt of token ids, a start token included where the model wants one. */
  public static Prompt of(TokenIds ids) {
    return new Prompt(new Content.Tokens(ids));
  }
}
