package org.dpo4j.preference;

/** One answer to a prompt, of the same kind of content as the prompt. */
public record Completion(Content content) {
  public static Completion of(String text) {
    return new Completion(new Content.Text(text));
  }

  public static Completion of(TokenIds ids) {
    return new Completion(new Content.Tokens(ids));
  }
}
