package org.dpo4j.preference;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The elements of one array that fills the text. */
final class JsonArrayRecords extends JsonRecords {
  private boolean begun;
  private boolean ended;

  JsonArrayRecords(InputStream in) throws IOException {
    super(in);
  }

  @Override
  @Nullable Raw next() throws IOException {
    skipBlank();
    boolean first = !begun;
    if (first) {
      skip(1); // the opening bracket
      skipBlank();
      begun = true;
    }
    if (ended) return rest();
    int length = element();
    int delimiter = peek(length);
    if (delimiter < 0) {
      ended = true;
      return take(length, "the file ends inside the array: was it cut off?");
    }
    if (delimiter == ']') {
      ended = true;
      if (first && length == 0) {
        skip(1);
        return next();
      }
    }
    Raw raw = take(length, length == 0 ? "is empty, expected an object" : null);
    skip(1);
    return raw;
  }

  /**
   * The length of the element that comes next: up to the comma or bracket that ends it, or to the
   * end of the text. A string that is not closed ends with its line, as no string goes on there.
   */
  private int element() throws IOException {
    int depth = 0;
    boolean text = false;
    for (int at = 0; ; at++) {
      int b = peek(at);
      if (b < 0) return at;
      if (text) {
        if (b == '\\' && peek(at + 1) >= 0) at++;
        else if (b == '"' || b == '\n') text = false;
      } else if (b == '"') {
        text = true;
      } else if (depth == 0 && (b == ',' || b == ']')) {
        return at;
      } else if (b == '{' || b == '[') {
        depth++;
      } else if (depth > 0 && (b == '}' || b == ']')) {
        depth--;
      }
    }
  }

  private @Nullable Raw rest() throws IOException {
    int length = 0;
    while (peek(length) >= 0) length++;
    return length == 0 ? null : take(length, "comes after the end of the array, where nothing may");
  }
}
