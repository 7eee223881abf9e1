package org.dpo4j.model.safetensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.dpo4j.service.InputException;
import org.jspecify.annotations.Nullable;

/**
 * What tells that a file is still the one that it was.
 *
 * @param key of the file itself, whatever its name; null where the file system has none
 */
record FileStamp(long size, FileTime modified, @Nullable Object key) {
  /** As it is now, links followed. */
  static FileStamp of(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileStamp(now.size(), now.lastModifiedTime(), now.fileKey());
    } catch (NoSuchFileException e) {
      throw new InputException(file + " is missing.", e);
    } catch (IOException e) {
      throw new InputException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** In the words of an error. */
  @Override
  public String toString() {
    return size + " bytes of " + modified;
  }
}
