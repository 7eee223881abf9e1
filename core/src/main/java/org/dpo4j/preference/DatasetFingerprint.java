package org.dpo4j.preference;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A SHA-256 over rows. Every value goes in with its kind and its length, so different rows never
 * read alike.
 */
final class DatasetFingerprint {
  private final MessageDigest digest;

  private DatasetFingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** In lower-case hexadecimal, 64 characters. */
  static String of(PreferenceDataset dataset) {
    DatasetFingerprint fingerprint = new DatasetFingerprint();
    try (Stream<PreferenceRow> rows = dataset.rows()) {
      for (Iterator<PreferenceRow> i = rows.iterator(); i.hasNext(); ) fingerprint.add(i.next());
    }
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  private void add(PreferenceRow row) {
    if (row instanceof PreferenceExample example) {
      tag('e', example.completions().size());
      add(example.prompt().content());
      example.completions().forEach(completion -> add(completion.content()));
      text(example.judgement().toString());
      tag('c', example.columns().size());
      for (Map.Entry<String, Object> column : new TreeMap<>(example.columns()).entrySet()) {
        text(column.getKey());
        text(column.getValue().getClass().getSimpleName());
        text(column.getValue().toString());
      }
    } else {
      tag('b', 0); // which records are missing matters, why doesn't
    }
  }

  private void add(Content content) {
    if (content instanceof Content.Tokens tokens) {
      tag('i', tokens.ids().size());
      ByteBuffer bytes = ByteBuffer.allocate(4 * tokens.ids().size());
      bytes.asIntBuffer().put(tokens.ids().toArray());
      digest.update(bytes);
    } else if (content instanceof Content.Text text) {
      text(text.text());
    }
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    tag('t', bytes.length);
    digest.update(bytes);
  }

  private void tag(char kind, int length) {
    digest.update(ByteBuffer.allocate(5).put((byte) kind).putInt(length).flip());
  }
}
