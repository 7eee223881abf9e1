package org.dpo4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Options in a YAML file, {@code KEY: VALUE} in each line: as they were written, with their lines.
 * A value is a scalar or a list of scalars; a mapping under the name of a plug-in holds the
 * plug-in's options. What is no such file becomes a problem.
 */
final class ConfigFile {
  private static final YAMLFactory YAML = new YAMLFactory();

  private final Path file;
  private final Problems problems;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * An option of the file.
   *
   * @param key as written; of a plug-in's option {@code plug-in.option}
   * @param values of a list several; none of YAML's null
   * @param line from 1
   */
  record Entry(String key, List<String> values, int line) {}

  private ConfigFile(Path file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  /** The options in their order. */
  static List<Entry> read(Path file, Problems problems) {
    ConfigFile config = new ConfigFile(file, problems);
    if (!Files.exists(file)) {
      problems.add("--config %s does not exist.".formatted(file));
      return List.of();
    }
    try (YAMLParser yaml = YAML.createParser(file.toFile())) {
      config.read(yaml);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      config.problem(line, "is no YAML: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      problems.add("--config %s cannot be read: %s".formatted(file, e));
    }
    return config.entries;
  }

  private void read(YAMLParser yaml) throws IOException {
    if (yaml.nextToken() != JsonToken.START_OBJECT) {
      problem(1, "expected lines of KEY: VALUE.");
      return;
    }
    while (yaml.nextToken() == JsonToken.FIELD_NAME) entry(yaml, "");
    if (yaml.nextToken() != null) problem(line(yaml), "a second document begins; one is read.");
  }

  /**
   * @param prefix of the keys in a plug-in's mapping
   */
  private void entry(YAMLParser yaml, String prefix) throws IOException {
    String key = prefix + yaml.currentName();
    int line = line(yaml);
    JsonToken value = yaml.nextToken();
    if (value == JsonToken.VALUE_NULL) {
      entries.add(new Entry(key, List.of(), line));
    } else if (value == JsonToken.START_ARRAY) {
      list(yaml, key, line);
    } else if (value == JsonToken.START_OBJECT && prefix.isEmpty()) {
      JsonToken first = yaml.nextToken();
      if (first == JsonToken.END_OBJECT) entries.add(new Entry(key, List.of(), line));
      for (JsonToken t = first; t == JsonToken.FIELD_NAME; t = yaml.nextToken()) {
        entry(yaml, key + ".");
      }
    } else if (isPlain(yaml, value)) {
      entries.add(new Entry(key, List.of(yaml.getText()), line));
    } else {
      yaml.skipChildren();
      problem(line, key + " holds no plain value.");
    }
  }

  private void list(YAMLParser yaml, String key, int line) throws IOException {
    List<String> values = new ArrayList<>();
    boolean plain = true;
    for (JsonToken t = yaml.nextToken(); t != JsonToken.END_ARRAY; t = yaml.nextToken()) {
      plain &= isPlain(yaml, t);
      values.add(yaml.getText());
      yaml.skipChildren();
    }
    if (plain) {
      entries.add(new Entry(key, values, line));
    } else {
      problem(line, key + " is a list that holds more than plain values.");
    }
  }

  private static boolean isPlain(YAMLParser yaml, JsonToken token) throws IOException {
    return token.isScalarValue() && token != JsonToken.VALUE_NULL && !yaml.isCurrentAlias();
  }

  private static int line(YAMLParser yaml) {
    return yaml.currentTokenLocation().getLineNr();
  }

  private void problem(int line, String what) {
    problems.add("%s, line %d: %s".formatted(file, line, what));
  }
}
