package org.example.story;

import java.util.StringJoiner;

/** Writes JSON. */
final class Json {
  private Json() {}

  /** An object on one line, from names and string values in turn. */
  static String object(String... namesAndValues) {
    StringJoiner members = new StringJoiner(", ", "{", "}");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.add(quote(namesAndValues[i]) + ": " + quote(namesAndValues[i + 1]));
    }
    return members.toString();
  }

  /** A string literal. */
  static String quote(String text) {
    StringBuilder literal = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        literal.append('\\').append(c);
      } else if (c < ' ') {
        literal.append("\\u%04x".formatted((int) c));
      } else {
        literal.append(c);
      }
    }
    return literal.append('"').toString();
  }
}
