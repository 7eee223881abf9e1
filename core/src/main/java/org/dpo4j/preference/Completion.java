package org.dpo4j.preference;

/** One answer to a prompt, of the same kind of content as the prompt. */
public record Completion(Content content) {
  /** A completion of plain text; the end of sequence is appended when it is tokenized. */
  public static Completion of(String text) {
    return new Completion(new Content.Text(text));
  }

  /** A completion of token ids, the end of sequence included. */
  public static Completion of(TokenIds ids) {
    return new Completion(new Content.Tokens(ids));
  }
}
