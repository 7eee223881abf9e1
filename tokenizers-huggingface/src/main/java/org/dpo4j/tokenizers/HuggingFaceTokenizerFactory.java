package org.dpo4j.tokenizers;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.Tokenizer;
import org.dpo4j.tokenization.TokenizerFactory;
import org.jspecify.annotations.Nullable;

/** Opens {@code tokenizer.json}. */
public final class HuggingFaceTokenizerFactory implements TokenizerFactory {
  static final String FILE = "tokenizer.json";

  @Override
  public String name() {
    return "huggingface";
  }

  @Override
  public boolean canOpen(Path modelDirectory) {
    return Files.isRegularFile(modelDirectory.resolve(FILE));
  }

  @Override
  public Tokenizer open(Path modelDirectory) {
    Path file = modelDirectory.resolve(FILE);
    String json;
    try {
      json = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new InputException(file + " is not UTF-8: is it damaged?", e);
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
    TokenizersLibrary library = NativeTokenizers.load();
    long handle;
    try {
      handle = library.createTokenizerFromString(json);
    } catch (RuntimeException e) { // what the native library throws has no type of its own
      throw new InputException(
          "%s is damaged, or newer than this version's tokenizer library: %s"
              .formatted(file, e.getMessage()),
          e);
    }
    try {
      String end =
          EndOfSequence.find(modelDirectory, id -> library.decode(handle, new long[] {id}, false));
      return new HuggingFaceTokenizer(library, handle, file, end, fingerprint(json, end));
    } catch (RuntimeException e) {
      library.deleteTokenizer(handle);
      throw e;
    }
  }

  private static String fingerprint(String json, @Nullable String endOfSequence) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(json.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      if (endOfSequence != null) digest.update(endOfSequence.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
