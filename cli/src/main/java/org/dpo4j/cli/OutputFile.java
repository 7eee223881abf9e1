package org.dpo4j.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.dpo4j.model.StagedFile;
import org.dpo4j.service.InputException;

/**
 * A file of {@code --output} that appears whole or not at all. What is no regular file (a pipe, a
 * terminal) is written to directly.
 */
final class OutputFile {
  private OutputFile() {}

  /** Makes the content and writes it. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file. Whether it can be made shows before the content is.
   *
   * @throws InputException where it cannot be written
   */
  static void write(Path asked, Content content) {
    if (Files.isDirectory(asked)) {
      throw new InputException("--output is %s, a directory; expected a file.".formatted(asked));
    }
    try {
      Path file = Files.exists(asked) ? asked.toRealPath() : asked.toAbsolutePath();
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          writeTo(channel, content);
        }
      } else {
        StagedFile.publish(file, channel -> writeTo(channel, content));
      }
    } catch (UncheckedIOException | IOException e) {
      throw new InputException("--output %s cannot be written: %s".formatted(asked, e), e);
    }
  }

  private static void writeTo(FileChannel channel, Content content) throws IOException {
    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    content.writeTo(out);
    out.flush();
  }
}
