package org.dpo4j.preference;

/** What is answered. May be empty. */
public record Prompt(Content content) {
  public static Prompt of(String text) {
    return new Prompt(new Content.Text(text));
  }

  public static Prompt of(TokenIds ids) {
    return new Prompt(new Content.Tokens(ids));
  }
}
