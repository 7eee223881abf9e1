package org.dpo4j.training;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.dpo4j.model.ModelDirectoryWriter;
import org.dpo4j.model.StagedFile;
import org.dpo4j.service.InputException;

/**
 * Where a run writes: the directory is itself the result, a HuggingFace directory; {@code run/}
 * holds the records, and in {@code run/cache} the reference's log-probs. What no run wrote is never
 * touched.
 */
final class RunDirectory {
  private static final String RECORDS = "run";
  private static final String CACHE = "cache";
  private static final int LISTED = 5;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private final Path directory;

  private RunDirectory(Path directory) {
    this.directory = directory;
  }

  /** Where the reference's log-probs of a run are kept unless it is said otherwise. */
  static Path cache(Path directory) {
    return directory.resolve(RECORDS).resolve(CACHE);
  }

  /**
   * Checks that a run may write there; changes nothing.
   *
   * @param overwrite whether an earlier run's files may go
   * @param model the initial policy's directory, which never is the output
   * @throws InputException where it holds an earlier run that may not go, or anything else
   */
  static RunDirectory check(Path directory, boolean overwrite, Path model) {
    RunDirectory checked = new RunDirectory(directory);
    if (!Files.exists(directory)) return checked;
    if (!Files.isDirectory(directory)) {
      throw new InputException(
          "output_dir %s is a file, expected a directory".formatted(directory));
    }
    if (isSame(directory, model)) {
      throw new InputException(
          "output_dir %s is the model's own directory: choose another".formatted(directory));
    }
    List<String> names = names(directory);
    Predicate<String> ofRun = name -> name.equals(RECORDS) || ModelDirectoryWriter.writes(name);
    if (names.isEmpty()) return checked;
    List<String> foreign =
        names.contains(RECORDS) ? names.stream().filter(ofRun.negate()).toList() : names;
    if (!foreign.isEmpty()) {
      throw new InputException(
          "output_dir %s holds what no run of dpo4j wrote (%s): choose another directory, or move that away"
              .formatted(directory, listed(foreign)));
    }
    boolean begun = names.size() > 1 || !List.of(CACHE).containsAll(names(checked.records()));
    if (begun && !overwrite) {
      throw new InputException(
          "output_dir %s holds %s: choose another directory, or give overwrite_output_dir true to lose it"
              .formatted(
                  directory,
                  ModelDirectoryWriter.isWhole(directory)
                      ? "the result of a finished run"
                      : "a run that did not finish, and cannot be resumed in this version"));
    }
    return checked;
  }

  private static boolean isSame(Path directory, Path model) {
    try {
      return Files.isSameFile(directory, model);
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s".formatted(directory, e), e);
    }
  }

  private static List<String> names(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s".formatted(directory, e), e);
    }
  }

  private static String listed(List<String> names) {
    return String.join(", ", names.stream().limit(LISTED).toList())
        + (names.size() > LISTED ? ", ..." : "");
  }

  /** Makes it ready for a new run: what an earlier one wrote goes, all but the cache. */
  void clear() {
    try {
      Files.createDirectories(records());
      for (String name : names(directory)) {
        if (!name.equals(RECORDS)) delete(directory.resolve(name));
      }
      for (String name : names(records())) {
        if (!name.equals(CACHE)) delete(records().resolve(name));
      }
    } catch (IOException e) {
      throw new InputException("output_dir %s cannot be written: %s".formatted(directory, e), e);
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      for (String name : names(path)) delete(path.resolve(name));
    }
    Files.delete(path);
  }

  /** Where the records are. */
  Path records() {
    return directory.resolve(RECORDS);
  }

  /** Writes a record as JSON, whole or not at all. */
  void write(String name, Object record) {
    String json;
    try {
      json = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(record);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(record + " is no record", e);
    }
    writeText(name, json + "\n");
  }

  /** Writes a record as it is, whole or not at all. */
  void writeText(String name, String text) {
    StagedFile.publish(records().resolve(name), StagedFile.Content.text(text));
  }
}
