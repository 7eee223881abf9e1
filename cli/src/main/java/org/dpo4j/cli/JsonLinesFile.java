package org.dpo4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.dpo4j.service.InputException;

/** Writes JSON Lines to an {@link OutputFile}. */
final class JsonLinesFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonLinesFile() {}

  /** Says all lines, one after another. */
  interface Lines {
    void sayTo(Consumer<Map<String, ?>> lines);
  }

  /**
   * Writes a file.
   *
   * @throws InputException where it cannot be written
   */
  static void write(Path asked, Lines lines) {
    OutputFile.write(
        asked,
        out ->
            lines.sayTo(
                line -> {
                  try {
                    out.write(JSON.writeValueAsBytes(line));
                    out.write('\n');
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
  }
}
