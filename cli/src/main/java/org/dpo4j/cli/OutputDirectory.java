package org.dpo4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.model.ModelDirectoryWriter;
import org.dpo4j.service.InputException;

/** Where {@code init} may write a model. */
final class OutputDirectory {
  private OutputDirectory() {}

  /**
   * Refuses a directory that holds a model which may not be replaced, or anything else.
   *
   * @throws InputException names what is there
   */
  static void check(Path directory, boolean overwrite) {
    if (!Files.exists(directory)) return;
    if (!Files.isDirectory(directory)) {
      throw new InputException("--output_dir %s is no directory.".formatted(directory));
    }
    List<String> names;
    try (Stream<Path> files = Files.list(directory)) {
      names = files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new InputException("--output_dir %s cannot be read: %s".formatted(directory, e), e);
    }
    List<String> foreign =
        names.stream().filter(name -> !ModelDirectoryWriter.writes(name)).toList();
    if (!foreign.isEmpty()) {
      throw new InputException(
          "--output_dir %s holds what is no part of a model (%s): choose another directory, or move that away."
              .formatted(directory, String.join(", ", foreign)));
    }
    if (!names.isEmpty() && !overwrite) {
      throw new InputException(
          "--output_dir %s holds a model: choose another directory, or give --overwrite_output_dir true to lose it."
              .formatted(directory));
    }
  }
}
