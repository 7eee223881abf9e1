package org.dpo4j.tokenization;

import org.dpo4j.testkit.TokenizerContract;

/** The contract holds for something as simple as this. */
class PieceTokenizerTest extends TokenizerContract {
  @Override
  protected Tokenizer open() {
    return new PieceTokenizer("</s>", "<s>", "</s>", "word", " ");
  }

  @Override
  protected String word() {
    return "word";
  }
}
