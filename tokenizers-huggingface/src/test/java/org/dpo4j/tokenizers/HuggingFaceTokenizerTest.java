package org.dpo4j.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.testkit.TokenizerContract;
import org.dpo4j.tokenization.Tokenizer;
import org.dpo4j.tokenization.Tokenizers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceTokenizerTest extends TokenizerContract {
  @TempDir Path directory;

  @Override
  protected Tokenizer open() {
    return open(ModelDirectory.words());
  }

  @Override
  protected String word() {
    return "word";
  }

  private Tokenizer open(ObjectNode tokenizer) {
    try {
      return Tokenizers.open(ModelDirectory.write(directory, tokenizer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void specialTokensAreAddedWhereAsked() {
    try (Tokenizer tokenizer = open()) {
      assertEquals(TokenIds.of(1, 3, 0, 2), tokenizer.encode("a x</s>", true));
      assertEquals(TokenIds.of(3, 0, 2), tokenizer.encode("a x</s>", false));
      assertEquals("<s> a c </s>", tokenizer.decode(TokenIds.of(1, 3, 5, 2), false));
      assertEquals("a c", tokenizer.decode(TokenIds.of(1, 3, 5, 2), true));
    }
  }

  /** FIELD D11, J06: characters of one to four bytes, sequences of them, and U+0000. */
  @Test
  void everyCharacterReachesTheLibraryWhole() {
    try (Tokenizer tokenizer = open(ModelDirectory.bytes())) {
      for (String text :
          new String[] {"a😀é漢 ß", "👨‍👩‍👧‍👦", "a\0b", "\0", "\ufeff", "\uffff"}) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] expected = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) expected[i] = bytes[i] & 0xff;
        TokenIds ids = tokenizer.encode(text, true);
        assertEquals(TokenIds.of(expected), ids);
        assertEquals(text, tokenizer.decode(ids, false));
      }
    }
  }

  @Test
  void fingerprintFollowsTheFile() {
    ObjectNode other = ModelDirectory.words();
    ((ObjectNode) other.at("/model/vocab")).put("d", 7);
    try (Tokenizer one = open();
        Tokenizer two = open(other)) {
      assertNotEquals(one.fingerprint(), two.fingerprint());
    }
  }
}
