package org.dpo4j.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;
import org.dpo4j.service.InputException;

/**
 * A file that appears whole or not at all: written under a temporary name beside its place, forced
 * to the disk, and renamed when it is published.
 */
public final class StagedFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;

  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9a-f-]{36}");

  /** Writes what a file holds. */
  @FunctionalInterface
  public interface Content {
    /** Writes it from the start to the end. */
    void writeTo(FileChannel channel) throws IOException;

    /** Text, in UTF-8. */
    static Content text(String text) {
      return channel -> {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) channel.write(bytes);
      };
    }
  }

  private StagedFile(Path target) {
    this.target = target;
    this.temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
  }

  /** Whether a file has a temporary name: a process that ended too early may leave one. */
  static boolean isTemporary(String name) {
    return TEMPORARY.matcher(name).matches();
  }

  /**
   * Writes the content under a temporary name.
   *
   * @throws InputException where the directory can't be written to, or the disk is full
   */
  public static StagedFile write(Path target, Content content) {
    StagedFile file = new StagedFile(target);
    try (FileChannel channel =
        FileChannel.open(file.temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(channel);
      channel.force(true);
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e instanceof RuntimeException r ? r : file.failed((IOException) e);
    }
  }

  /** Writes a file and publishes it. */
  public static void publish(Path target, Content content) {
    try (StagedFile file = write(target, content)) {
      file.publish();
    }
  }

  /** Gives the file its name, in place of one that has it. */
  public void publish() {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private InputException failed(IOException e) {
    return new InputException(target + " cannot be written: " + e, e);
  }

  /** Removes what was not published. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
