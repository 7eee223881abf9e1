package org.dpo4j.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.Objectives;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.Prompt;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.training.TrainingConfig;

/**
 * A training run that TRL made: its rows, options, and its own log of every step. Those that this
 * artifact brings were made by {@code src/test/python/record_parity.py}, of a tiny Llama that comes
 * with them; longer ones lie in the {@link Shared} material.
 */
public final class RecordedRun {
  /** The runs that this artifact brings. */
  public static final List<String> NAMES =
      List.of(
          "sigmoid",
          "sigmoid-shuffled",
          "cdpo",
          "robust",
          "ipo",
          "hinge",
          "sft",
          "rpo",
          "keep-end",
          "dropped");

  private static final List<String> MODEL_FILES =
      List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");

  private final String name;
  private final JsonNode json;

  private RecordedRun(String name, JsonNode json) {
    this.name = name;
    this.json = json;
  }

  /** A run that this artifact brings. */
  public static RecordedRun of(String name) {
    try (InputStream in = resource(name + ".json")) {
      return new RecordedRun(name, new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A run of the shared material, {@code golden/trl/NAME.json.gz}; ends the test without it. */
  public static RecordedRun shared(String name) {
    try (InputStream in = Shared.open("golden/trl/" + name + ".json.gz")) {
      return new RecordedRun(name, new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String path) throws IOException {
    InputStream in = RecordedRun.class.getResourceAsStream("parity/" + path);
    if (in == null) throw new IOException("the testkit holds no " + path);
    return in;
  }

  /** Lays the directory of the tiny model down: 18,000 parameters and a word-level tokenizer. */
  public static Path model(Path target) {
    try {
      Files.createDirectories(target);
      for (String file : MODEL_FILES) {
        try (InputStream in = resource("model/" + file)) {
          Files.copy(in, target.resolve(file));
        }
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows that TRL kept, as its token ids, not yet cut to {@code max_length}. */
  public PreferenceDataset ids() {
    List<PreferenceExample> rows = new ArrayList<>();
    for (JsonNode row : json.get("tokens")) {
      rows.add(
          PreferenceExample.pair(
              rows.size(),
              Prompt.of(tokens(row.get("prompt_ids"))),
              Completion.of(tokens(row.get("chosen_ids"))),
              Completion.of(tokens(row.get("rejected_ids")))));
    }
    return PreferenceDataset.of(rows);
  }

  /** All rows, as text. */
  public PreferenceDataset texts() {
    List<PreferenceExample> rows = new ArrayList<>();
    for (JsonNode row : json.get("rows")) {
      rows.add(
          PreferenceExample.pair(
              rows.size(),
              Prompt.of(row.get("prompt").textValue()),
              Completion.of(row.get("chosen").textValue()),
              Completion.of(row.get("rejected").textValue())));
    }
    return PreferenceDataset.of(rows);
  }

  private static TokenIds tokens(JsonNode ids) {
    return TokenIds.of(
        StreamSupport.stream(ids.spliterator(), false).mapToInt(JsonNode::intValue).toArray());
  }

  /** The run's losses, their weights, and beta. */
  public Objective objective() {
    JsonNode options = json.get("options");
    List<String> names = new ArrayList<>();
    options.path("loss_type").forEach(n -> names.add(n.textValue()));
    if (names.isEmpty()) names.add("sigmoid");
    List<Double> weights = new ArrayList<>();
    options.path("loss_weights").forEach(w -> weights.add(w.doubleValue()));
    Map<String, String> given = new HashMap<>();
    for (String option : List.of("beta", "label_smoothing")) {
      if (options.has(option)) given.put(option, options.get(option).asText());
    }
    return Objectives.of(Objectives.losses(), names, weights, given);
  }

  /** How the run trained. */
  public TrainingConfig config() {
    return RecordedOptions.config(json.get("options"));
  }

  /** TRL's log of every optimizer step, numbers only. */
  public List<Map<String, Double>> steps() {
    return maps("steps");
  }

  /** The final policy's log-probs of every row that was kept: {@code chosen}, {@code rejected}. */
  public List<Map<String, Double>> after() {
    return maps("after");
  }

  private List<Map<String, Double>> maps(String field) {
    return StreamSupport.stream(json.get(field).spliterator(), false)
        .map(RecordedRun::numbers)
        .toList();
  }

  /** The L2 norm of every parameter at the end, by name. */
  public Map<String, Double> parameterNorms() {
    return numbers(json.get("parameterNorms"));
  }

  private static Map<String, Double> numbers(JsonNode object) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            p -> {
              if (p.getValue().isNumber()) numbers.put(p.getKey(), p.getValue().doubleValue());
            });
    return numbers;
  }

  /** Whether two answers of a row are equal: rounding decides such a row's accuracy. */
  public boolean hasEqualAnswers() {
    return StreamSupport.stream(json.get("rows").spliterator(), false)
        .anyMatch(row -> row.get("chosen").equals(row.get("rejected")));
  }

  @Override
  public String toString() {
    return name;
  }
}
