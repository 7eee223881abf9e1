/**
 * Text to token ids. {@link org.dpo4j.tokenization.ExampleTokenizer} turns examples into ids as TRL
 * does: the prompt is what the tokenized texts have in common, the end of sequence is appended,
 * {@link org.dpo4j.tokenization.Truncation} cuts or drops. The {@link
 * org.dpo4j.tokenization.Tokenizer} itself comes from a library that a {@link
 * org.dpo4j.tokenization.TokenizerFactory} brings.
 */
@NullMarked
package org.dpo4j.tokenization;

import org.jspecify.annotations.NullMarked;
