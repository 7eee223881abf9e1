package org.dpo4j.preference;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Data sets that tests write, and what is read of them. */
final class Written {
  private Written() {}

  static Path file(Path directory, String name, byte[] bytes) throws IOException {
    return Files.write(directory.resolve(name), bytes);
  }

  static Path file(Path directory, String name, String text) throws IOException {
    return file(directory, name, text.getBytes(StandardCharsets.UTF_8));
  }

  static List<PreferenceRow> rows(Path file) {
    try (Stream<PreferenceRow> rows = PreferenceDataset.open(file, OnBadRecord.SKIP).rows()) {
      return rows.toList();
    }
  }

  static List<PreferenceRow> rows(Path directory, String text) throws IOException {
    return rows(file(directory, "pairs.jsonl", text));
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  static PreferenceExample pair(long row, String prompt, String chosen, String rejected) {
    return PreferenceExample.pair(
        row, Prompt.of(prompt), Completion.of(chosen), Completion.of(rejected));
  }
}
