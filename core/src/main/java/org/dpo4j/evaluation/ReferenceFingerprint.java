package org.dpo4j.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * A SHA-256 over all that decides reference log-probs: every weight and the model's config, the
 * engine and how it computes, and the token ids themselves, which hold what data set, tokenizer and
 * truncation come to.
 */
public final class ReferenceFingerprint {
  private final MessageDigest digest;

  private ReferenceFingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** In lower-case hexadecimal, 64 characters. Reads the weights once. */
  public static String of(
      PretrainedModel model,
      ScoringBackend backend,
      SessionOptions options,
      List<TokenizedExample> examples) {
    ReferenceFingerprint fingerprint = new ReferenceFingerprint();
    fingerprint.text(version());
    fingerprint.text(backend.name() + " " + backend.description() + " " + options);
    fingerprint.model(model);
    fingerprint.examples(examples);
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  private static String version() {
    @Nullable String version = ReferenceScores.class.getPackage().getImplementationVersion();
    return version == null ? "not packaged" : version;
  }

  private void model(PretrainedModel model) {
    try {
      text(Files.readString(model.directory().resolve("config.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Parameter p : model.transformer().parameters()) {
      text(p.toString());
      model
          .weights()
          .read(
              p,
              (firstRow, values) -> {
                ByteBuffer bytes = ByteBuffer.allocate(4 * values.remaining());
                bytes.asFloatBuffer().put(values);
                digest.update(bytes);
              });
    }
  }

  private void examples(List<TokenizedExample> examples) {
    for (TokenizedExample e : examples) {
      digest.update(ByteBuffer.allocate(12).putLong(e.row()).putInt(e.completions().size()).flip());
      for (TokenizedCompletion c : e.completions()) {
        ids(c.prompt());
        ids(c.ids());
      }
    }
  }

  private void ids(TokenIds ids) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * ids.size()).putInt(ids.size());
    bytes.asIntBuffer().put(ids.toArray());
    digest.update(bytes.rewind());
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    digest.update(bytes);
  }
}
