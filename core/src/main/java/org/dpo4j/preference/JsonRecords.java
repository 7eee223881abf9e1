package org.dpo4j.preference;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a text into the bytes of its records, without reading what is inside: so a record that is
 * not JSON costs itself and not the rest of the file, and memory holds one record at a time.
 */
abstract class JsonRecords {
  private static final int BUFFER = 1 << 16;

  /** The longest record, in bytes. */
  private static final int LONGEST = 1 << 30;

  /**
   * The bytes of a record, from {@code from} to {@code to} (exclusive); valid until the next one is
   * asked for.
   *
   * @param line where it starts, from 1
   * @param offset of its first byte in the text, from 0
   * @param damage what is wrong already, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // on its way to a parser; never compared
  record Raw(byte[] bytes, int from, int to, long line, long offset, @Nullable String damage) {}

  private final InputStream in;
  private byte[] buffer = new byte[BUFFER];
  private int start;
  private int end;
  private long line = 1;
  private long offset;

  /** Reads text in UTF-8; a byte-order mark at its start is passed over. */
  JsonRecords(InputStream in) throws IOException {
    this.in = in;
    if (peek(0) == 0xef && peek(1) == 0xbb && peek(2) == 0xbf) skip(3);
  }

  /** The next record, or null at the end of the text. */
  abstract @Nullable Raw next() throws IOException;

  static boolean isBlank(int b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  /** The byte that comes {@code ahead} bytes after the next one, or -1 behind the end. */
  final int peek(int ahead) throws IOException {
    while (ahead >= end - start) {
      if (!fill()) return -1;
    }
    return buffer[start + ahead] & 0xff;
  }

  private boolean fill() throws IOException {
    if (end == buffer.length) {
      int kept = end - start;
      if (kept >= LONGEST) {
        throw new IOException("the record that starts at line " + line + " is longer than 1 GiB");
      }
      int capacity =
          kept > buffer.length / 2
              ? (int) Math.min(2L * buffer.length, LONGEST)
              : Math.max(BUFFER, 2 * kept); // smaller again after a long record
      byte[] next = capacity == buffer.length ? buffer : new byte[capacity];
      System.arraycopy(buffer, start, next, 0, kept);
      buffer = next;
      start = 0;
      end = kept;
    }
    int count = in.read(buffer, end, buffer.length - end);
    if (count <= 0) return false;
    end += count;
    return true;
  }

  /** Passes over bytes that were peeked at, and counts their lines. */
  final void skip(int count) {
    for (int i = start; i < start + count; i++) {
      if (buffer[i] == '\n') line++;
    }
    start += count;
    offset += count;
  }

  final void skipBlank() throws IOException {
    while (isBlank(peek(0))) skip(1);
  }

  /** Takes bytes that were peeked at as a record; they stay in place until more are read. */
  final Raw take(int count, @Nullable String damage) {
    Raw raw = new Raw(buffer, start, start + count, line, offset, damage);
    skip(count);
    return raw;
  }
}
