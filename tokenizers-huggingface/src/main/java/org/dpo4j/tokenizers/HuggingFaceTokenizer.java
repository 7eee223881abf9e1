package org.dpo4j.tokenizers;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.Tokenizer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tokenizer in native memory. Calls the library below DJL's own {@code HuggingFaceTokenizer},
 * which fetches every token's text and position too: asking for the ids alone takes a fifth of the
 * time.
 */
final class HuggingFaceTokenizer implements Tokenizer {
  private static final Logger log = LoggerFactory.getLogger(HuggingFaceTokenizer.class);

  private final TokenizersLibrary library;
  private final Path file;
  private final @Nullable String endOfSequence;
  private final String fingerprint;

  /** Held for reading while the native tokenizer is used, for writing while it is deleted. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  /** Of the native tokenizer; 0 once it is deleted. */
  private long handle;

  /**
   * Takes over a native tokenizer.
   *
   * @param file that it was made from, for messages
   * @param endOfSequence null where no file names one
   */
  HuggingFaceTokenizer(
      TokenizersLibrary library,
      long handle,
      Path file,
      @Nullable String endOfSequence,
      String fingerprint) {
    this.library = library;
    this.handle = handle;
    this.file = file;
    this.endOfSequence = endOfSequence;
    this.fingerprint = fingerprint;
    neverShortenOrPad();
    if (endOfSequence != null && encode(endOfSequence, false).size() != 1) {
      throw new InputException(
          "The end of sequence \"%s\" is not one token of %s: list it there under added_tokens, or name another as eos_token in tokenizer_config.json"
              .formatted(endOfSequence, file));
    }
  }

  /** Switches off what the file says about truncation and padding, and says so. */
  private void neverShortenOrPad() {
    if (!library.getTruncationStrategy(handle).equals("DO_NOT_TRUNCATE")) {
      log.info(
          "{} asks to cut texts at {} tokens: that is switched off, only max_length cuts",
          file,
          library.getMaxLength(handle));
      library.disableTruncation(handle);
    }
    if (!library.getPaddingStrategy(handle).equals("DO_NOT_PAD")) {
      log.info("{} asks to pad texts: that is switched off, nothing is padded", file);
      library.disablePadding(handle);
    }
  }

  @Override
  public TokenIds encode(String text, boolean addSpecialTokens) {
    refuseLoneSurrogates(text);
    return use(
        tokenizer -> {
          long encoding;
          try {
            encoding = library.encode(tokenizer, text, addSpecialTokens);
          } catch (RuntimeException e) { // a model without a token for the unknown, say
            throw new InputException(
                "%s cannot encode \"%s\": %s".formatted(file, beginning(text), e.getMessage()), e);
          }
          try {
            return TokenIds.of(
                Arrays.stream(library.getTokenIds(encoding)).mapToInt(Math::toIntExact).toArray());
          } finally {
            library.deleteEncoding(encoding);
          }
        });
  }

  @Override
  public String decode(TokenIds ids, boolean skipSpecialTokens) {
    long[] wide = Arrays.stream(ids.toArray()).asLongStream().toArray();
    return use(tokenizer -> library.decode(tokenizer, wide, skipSpecialTokens));
  }

  @Override
  public @Nullable String endOfSequence() {
    return endOfSequence;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (handle != 0) library.deleteTokenizer(handle);
      handle = 0;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private <T> T use(LongFunction<T> action) {
    lock.readLock().lock();
    try {
      if (handle == 0) throw new IllegalStateException("the tokenizer of " + file + " is closed");
      return action.apply(handle);
    } finally {
      lock.readLock().unlock();
    }
  }

  private static void refuseLoneSurrogates(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) continue;
      if (Character.isLowSurrogate(c)
          || i + 1 == text.length()
          || !Character.isLowSurrogate(text.charAt(++i))) {
        throw new IllegalArgumentException("text holds half of a surrogate pair at " + i);
      }
    }
  }

  private static String beginning(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
