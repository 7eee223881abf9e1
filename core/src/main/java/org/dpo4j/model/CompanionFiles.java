package org.dpo4j.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dpo4j.service.InputException;

/**
 * The files of a HuggingFace directory that go along with a model unchanged: tokenizer, chat
 * templates, settings of generation.
 *
 * @param directory where they are
 * @param names relative to it, sorted
 */
public record CompanionFiles(Path directory, List<Path> names) {
  private static final String TEMPLATES = "additional_chat_templates";

  private static final Set<String> KNOWN =
      Set.of(
          "added_tokens.json",
          "chat_template.jinja",
          "chat_template.json",
          "generation_config.json",
          "merges.txt",
          "special_tokens_map.json",
          "spiece.model",
          "tokenizer.json",
          "tokenizer.model",
          "tokenizer_config.json",
          "vocab.json",
          "vocab.txt");

  public CompanionFiles {
    names = List.copyOf(names);
  }

  /** Whether a file, or directory of files, goes along with models. */
  static boolean isCompanion(String name) {
    return KNOWN.contains(name) || name.equals(TEMPLATES);
  }

  /** Those of a directory. */
  public static CompanionFiles in(Path directory) {
    List<Path> names = new ArrayList<>();
    KNOWN.stream().sorted().map(Path::of).forEach(names::add);
    Path templates = directory.resolve(TEMPLATES);
    if (Files.isDirectory(templates)) {
      try (Stream<Path> files = Files.list(templates)) {
        files.sorted().map(directory::relativize).forEach(names::add);
      } catch (IOException e) {
        throw new InputException(templates + " cannot be read: " + e.getMessage(), e);
      }
    }
    names.removeIf(name -> !Files.isRegularFile(directory.resolve(name)));
    return new CompanionFiles(directory, names);
  }

  /** Copies them into another directory; into their own, does nothing. */
  void copyTo(Path other) {
    for (Path name : names) {
      Path from = directory.resolve(name);
      Path to = other.resolve(name);
      try {
        if (Files.exists(to) && Files.isSameFile(from, to)) continue;
        Files.createDirectories(to.toAbsolutePath().getParent());
      } catch (IOException e) {
        throw new InputException(to + " cannot be written: " + e, e);
      }
      StagedFile.publish(
          to,
          channel -> {
            try (InputStream in = Files.newInputStream(from)) {
              in.transferTo(Channels.newOutputStream(channel));
            }
          });
    }
  }
}
