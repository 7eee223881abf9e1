package org.dpo4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.Consumer;
import org.dpo4j.model.StagedFile;
import org.dpo4j.service.InputException;

/**
 * Writes JSON Lines to a file that appears whole or not at all. What is no regular file (a pipe, a
 * terminal) is written to directly.
 */
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
    if (Files.isDirectory(asked)) {
      throw new InputException("--output is %s, a directory; expected a file.".formatted(asked));
    }
    try {
      Path file = Files.exists(asked) ? asked.toRealPath() : asked.toAbsolutePath();
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          writeTo(channel, lines);
        }
      } else {
        StagedFile.publish(file, channel -> writeTo(channel, lines));
      }
    } catch (UncheckedIOException | IOException e) {
      throw new InputException("--output %s cannot be written: %s".formatted(asked, e), e);
    }
  }

  private static void writeTo(FileChannel channel, Lines lines) throws IOException {
    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    lines.sayTo(
        line -> {
          try {
            out.write(JSON.writeValueAsBytes(line));
            out.write('\n');
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    out.flush();
  }
}
