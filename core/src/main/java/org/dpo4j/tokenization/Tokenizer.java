package org.dpo4j.tokenization;

import org.dpo4j.preference.TokenIds;
import org.jspecify.annotations.Nullable;

/**
 * Text to token ids and back, exactly as the model's own tokenizer does it. Never shortens or pads.
 * Safe for use by several threads; whoever opened it closes it.
 */
public interface Tokenizer extends AutoCloseable {
  /**
   * Ids of a text.
   *
   * @param text any text without a lone surrogate
   * @param addSpecialTokens whether the post-processor adds its tokens (a start token, say)
   * @throws IllegalArgumentException where the text holds half of a surrogate pair
   * @throws IllegalStateException when closed
   */
  TokenIds encode(String text, boolean addSpecialTokens);

  /** Text of ids; special tokens are left out where {@code skipSpecialTokens}. */
  String decode(TokenIds ids, boolean skipSpecialTokens);

  /** The text of the end-of-sequence token, or null where the tokenizer names none. */
  @Nullable String endOfSequence();

  /** A hash of all that decides ids: equal fingerprints give equal ids. */
  String fingerprint();

  @Override
  void close();
}
