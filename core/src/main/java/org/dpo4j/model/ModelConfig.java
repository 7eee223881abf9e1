package org.dpo4j.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dpo4j.service.InputException;
import org.jspecify.annotations.Nullable;

/**
 * The values of a config.json as transformers 4 or 5 writes it, or of an object inside it. A value
 * that is missing, of the wrong kind or out of range is an {@link InputException} that names file,
 * key and expectation. Remembers which keys were asked for, so that a key which nobody knows can't
 * go unnoticed. A key whose value is null counts as missing.
 */
public final class ModelConfig {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private final String where;
  private final ObjectNode values;
  private final Set<String> read = new TreeSet<>();

  private ModelConfig(String where, ObjectNode values) {
    this.where = where;
    this.values = values;
  }

  /**
   * Reads a config.json.
   *
   * @throws InputException where it is missing or no JSON object
   */
  public static ModelConfig read(Path file) {
    try {
      return parse(Files.readString(file), file.toString());
    } catch (NoSuchFileException e) {
      throw new InputException(
          file + " is missing. Expected the config.json of a HuggingFace model directory.", e);
    } catch (IOException e) {
      throw new InputException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Takes a config from a text.
   *
   * @param where it comes from, for errors
   */
  public static ModelConfig parse(String json, String where) {
    try {
      if (JSON.readTree(json) instanceof ObjectNode object) return new ModelConfig(where, object);
      throw new InputException(where + " holds no JSON object.");
    } catch (JsonProcessingException e) {
      throw new InputException(where + " is not valid JSON: " + e.getMessage(), e);
    }
  }

  /** The family of models: the name of its {@link ArchitectureFactory}. */
  public String modelType() {
    return text("model_type");
  }

  /** Whether a key has a value. */
  public boolean has(String key) {
    return value(key) != null;
  }

  private @Nullable JsonNode value(String key) {
    read.add(key);
    JsonNode node = values.get(key);
    return node == null || node.isNull() ? null : node;
  }

  private JsonNode required(String key, String expected) {
    JsonNode node = value(key);
    if (node == null) {
      throw new InputException(where + " has no \"" + key + "\". Expected " + expected + ".");
    }
    return node;
  }

  /** A whole number from 1 on. */
  public int count(String key) {
    String expected = "a whole number from 1 on";
    JsonNode node = required(key, expected);
    // 4096.0 is whole too; Python doesn't mind
    boolean whole = node.isNumber() && isWhole(node.decimalValue());
    if (!whole || node.doubleValue() < 1 || node.doubleValue() > Integer.MAX_VALUE) {
      throw wrong(key, expected);
    }
    return node.intValue();
  }

  private static boolean isWhole(BigDecimal number) {
    return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
  }

  /** A whole number from 1 on; {@code otherwise} where it is missing. */
  public int count(String key, int otherwise) {
    return has(key) ? count(key) : otherwise;
  }

  /** A finite number above 0. */
  public double positive(String key) {
    String expected = "a number above 0";
    JsonNode node = required(key, expected);
    double number = node.doubleValue();
    if (!node.isNumber() || !(number > 0) || Double.isInfinite(number)) throw wrong(key, expected);
    return number;
  }

  /** A finite number above 0; {@code otherwise} where it is missing. */
  public double positive(String key, double otherwise) {
    return has(key) ? positive(key) : otherwise;
  }

  /** True or false; {@code otherwise} where it is missing. */
  public boolean flag(String key, boolean otherwise) {
    JsonNode node = value(key);
    if (node == null) return otherwise;
    if (!node.isBoolean()) throw wrong(key, "true or false");
    return node.booleanValue();
  }

  /** A text. */
  public String text(String key) {
    JsonNode node = required(key, "a text");
    if (!node.isTextual()) throw wrong(key, "a text");
    return node.textValue();
  }

  /** A text; {@code otherwise} where it is missing. */
  public String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /** An object inside this one, or null where it is missing. */
  public @Nullable ModelConfig section(String key) {
    JsonNode node = value(key);
    if (node == null) return null;
    if (!(node instanceof ObjectNode object)) throw wrong(key, "an object");
    return new ModelConfig(where + ", \"" + key + "\"", object);
  }

  /** Whether two configs have the same values, wherever they stand. */
  boolean sameValues(ModelConfig other) {
    return values.equals(other.values);
  }

  /** The error of a value; {@code expected} completes "Expected ...". */
  public InputException wrong(String key, String expected) {
    return new InputException(
        "%s: \"%s\" is %s. Expected %s.".formatted(where, key, values.get(key), expected));
  }

  /** Where it comes from, for errors. */
  public String where() {
    return where;
  }

  /** The keys that nobody asked for and that say something: not null, false, 0 or empty. */
  public Map<String, String> unread() {
    Map<String, String> unread = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : values.properties()) {
      if (!read.contains(entry.getKey()) && says(entry.getValue())) {
        unread.put(entry.getKey(), entry.getValue().toString());
      }
    }
    return unread;
  }

  private static boolean says(JsonNode value) {
    if (value.isContainerNode()) return !value.isEmpty();
    if (value.isNumber()) return value.doubleValue() != 0;
    return !value.isNull() && !value.asText().isEmpty() && !value.asText().equals("false");
  }

  /** A copy of the JSON, to change and to write. */
  ObjectNode json() {
    return values.deepCopy();
  }
}
