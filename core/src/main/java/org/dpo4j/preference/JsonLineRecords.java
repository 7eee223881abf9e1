package org.dpo4j.preference;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** One record a line, however the lines end; empty lines are none. */
final class JsonLineRecords extends JsonRecords {
  JsonLineRecords(InputStream in) throws IOException {
    super(in);
  }

  @Override
  @Nullable Raw next() throws IOException {
    skipBlank();
    int length = 0;
    int b = peek(0);
    while (b >= 0 && b != '\n') b = peek(++length);
    return length == 0 ? null : take(length, null);
  }
}
