package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.Tokenizer;
import org.junit.jupiter.api.Test;

/** What every {@link Tokenizer} does. */
public abstract class TokenizerContract {
  /** Opens one; each call gives another object of the same tokenizer. */
  protected abstract Tokenizer open();

  /** A word that the tokenizer knows; repeated with spaces between, it is a text. */
  protected abstract String word();

  @Test
  void longTextsAreNeverShortened() {
    try (Tokenizer tokenizer = open()) {
      String text = String.join(" ", Collections.nCopies(5000, word()));
      TokenIds ids = tokenizer.encode(text, true);
      assertTrue(ids.size() >= 5000, ids.size() + " tokens of 5,000 words");
    }
  }

  @Test
  void shortTextsAreNeverPadded() {
    try (Tokenizer tokenizer = open()) {
      assertEquals(TokenIds.EMPTY, tokenizer.encode("", false));
    }
  }

  @Test
  void specialTokensGoAroundTheText() {
    try (Tokenizer tokenizer = open()) {
      TokenIds plain = tokenizer.encode(word(), false);
      TokenIds special = tokenizer.encode(word(), true);
      int added = special.size() - plain.size();
      assertTrue(
          IntStream.rangeClosed(0, added)
              .anyMatch(from -> special.slice(from, from + plain.size()).equals(plain)),
          special + " does not hold " + plain);
    }
  }

  @Test
  void endOfSequenceIsOneTokenBehindAnyText() {
    try (Tokenizer tokenizer = open()) {
      String end = tokenizer.endOfSequence();
      if (end == null) return;
      TokenIds id = tokenizer.encode(end, false);
      assertEquals(1, id.size());
      assertEquals(tokenizer.encode(word(), false).plus(id), tokenizer.encode(word() + end, false));
      assertEquals(end, tokenizer.decode(id, false));
    }
  }

  @Test
  void equalFilesHaveEqualFingerprints() {
    try (Tokenizer one = open();
        Tokenizer other = open()) {
      assertEquals(one.fingerprint(), other.fingerprint());
    }
  }

  @Test
  void severalThreadsGetTheSameIds() {
    try (Tokenizer tokenizer = open()) {
      List<String> texts =
          IntStream.range(0, 200)
              .mapToObj(i -> String.join(" ", Collections.nCopies(1 + i % 17, word())))
              .toList();
      List<TokenIds> expected = texts.stream().map(t -> tokenizer.encode(t, true)).toList();
      assertEquals(expected, texts.parallelStream().map(t -> tokenizer.encode(t, true)).toList());
    }
  }

  @Test
  void halfOfASurrogatePairIsNoText() {
    try (Tokenizer tokenizer = open()) {
      for (String text : List.of("a\ud83d", "\ud83da", "\ude00")) {
        assertThrows(IllegalArgumentException.class, () -> tokenizer.encode(text, true));
      }
    }
  }

  @Test
  void closesTwiceAndIsClosedThen() {
    Tokenizer tokenizer = open();
    TokenIds ids = tokenizer.encode(word(), false);
    tokenizer.close();
    assertDoesNotThrow(tokenizer::close);
    assertThrows(IllegalStateException.class, () -> tokenizer.encode(word(), false));
    assertThrows(IllegalStateException.class, () -> tokenizer.decode(ids, false));
  }
}
