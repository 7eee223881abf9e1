package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a tiny model and the real engine. */
class CommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In text: words have the ids a = 2, b = 3, ...; the end of sequence is 1. */
  private static final String PAIRS =
      """
      {"prompt": "a b", "chosen": " c d", "rejected": " e"}
      {"prompt": "a b c", "chosen": " d", "rejected": " e f"}
      {"prompt": "b", "chosen": " c", "rejected": " d"}
      {"prompt": "d e", "chosen": " f g", "rejected": " h"}
      """;

  @TempDir static Path folder;
  private static Path model;
  private static Path pairs;

  @BeforeAll
  static void makeModel() throws IOException {
    model = TinyModel.init(folder);
    pairs = write("pairs.jsonl", PAIRS);
  }

  private static Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static Outcome tokenize(Path data, Path output, Object... options) {
    List<Object> all = new ArrayList<>(List.of("tokenize", "--model", model, "--data", data));
    all.addAll(List.of("--output", output));
    all.addAll(List.of(options));
    return Outcome.of(all.toArray());
  }

  private static Outcome score(Path data, Path output, Object... options) {
    List<Object> all = new ArrayList<>(List.of("score", "--model", model, "--data", data));
    all.addAll(List.of("--output", output));
    all.addAll(List.of(options));
    return Outcome.of(all.toArray());
  }

  private static Outcome train(Path data, Path output, Object... options) {
    List<Object> all = new ArrayList<>(List.of("train", "--model", model, "--data", data));
    all.addAll(List.of("--output_dir", output, "--learning_rate", "1e-2"));
    all.addAll(List.of(options));
    return Outcome.of(all.toArray());
  }

  // init

  @Test
  void initMakesAWholeDirectoryFromConfigTokenizerAndSeed() throws IOException {
    assertEquals(
        List.of(
            "README.md",
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json"),
        names(model));
    Path ingredients = folder.resolve("ingredients");
    for (String seed : List.of("42", "7")) {
      Outcome.of(
              "init",
              "--config",
              ingredients.resolve("config.json"),
              "--tokenizer",
              ingredients,
              "--seed",
              seed,
              "--output_dir",
              folder.resolve("seed-" + seed))
          .done();
    }
    byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
    assertArrayEquals(
        weights, Files.readAllBytes(folder.resolve("seed-42").resolve("model.safetensors")));
    assertFalse(
        java.util.Arrays.equals(
            weights, Files.readAllBytes(folder.resolve("seed-7").resolve("model.safetensors"))));
  }

  @Test
  void initRefusesADirectoryThatHoldsAModelOrAnythingElse() throws IOException {
    Path ingredients = folder.resolve("ingredients");
    Object[] again = {
      "init",
      "--config",
      ingredients.resolve("config.json"),
      "--tokenizer",
      ingredients,
      "--output_dir",
      model
    };
    Outcome.of(again).refused(1, model + " holds a model", "--overwrite_output_dir true");
    Path foreign = Files.createDirectories(folder.resolve("foreign-init"));
    Files.writeString(foreign.resolve("thesis.doc"), "years of work");
    again[again.length - 1] = foreign;
    Outcome.of(again).refused(1, "thesis.doc");
    assertEquals(List.of("thesis.doc"), names(foreign));
  }

  // tokenize

  @Test
  void tokenizeWritesIdsInOrder() throws IOException {
    Path output = folder.resolve("ids.jsonl");
    tokenize(pairs, output).done();
    List<JsonNode> ids = lines(output);
    assertEquals(4, ids.size());
    assertEquals(
        JSON.readTree("{\"prompt_ids\": [2,3], \"chosen_ids\": [4,5,1], \"rejected_ids\": [6,1]}"),
        ids.get(0));
  }

  @Test
  void tokenizeCutsAndDropsAsTrainingWould() throws IOException {
    Path output = folder.resolve("cut.jsonl");
    tokenize(pairs, output, "--max_length", "3").done();
    List<JsonNode> ids = lines(output);
    assertEquals(
        JSON.readTree("{\"prompt_ids\": [2,3], \"chosen_ids\": [4], \"rejected_ids\": [6]}"),
        ids.get(0));
    assertEquals(1, ids.get(1).get("row").asInt());
    assertTrue(ids.get(1).get("skipped").asText().contains("max_length is 3"));
    tokenize(pairs, output, "--max_length", "3", "--truncation_mode", "keep_end").done();
    assertEquals(
        JSON.readTree(
            "{\"prompt_ids/chosen\": [], \"chosen_ids\": [4,5,1],"
                + " \"prompt_ids/rejected\": [3], \"rejected_ids\": [6,1]}"),
        lines(output).get(0));
  }

  @Test
  void rowsOfIdsNeedNoTokenizerAndACompletionHasNoSide() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("no-tokenizer"));
    Path data =
        write(
            "ids-in.jsonl",
            "{\"prompt_ids\": [2, 3], \"chosen_ids\": [4], \"rejected_ids\": [5, 6]}\n");
    Path output = folder.resolve("ids-out.jsonl");
    Outcome.of("tokenize", "--model", empty, "--data", data, "--output", output).done();
    assertEquals(
        JSON.readTree("{\"prompt_ids\": [2,3], \"chosen_ids\": [4], \"rejected_ids\": [5,6]}"),
        lines(output).get(0));
    Path demonstrations =
        write("demonstrations.jsonl", "{\"prompt\": \"a\", \"completion\": \" b\"}\n");
    tokenize(demonstrations, output).done();
    assertEquals(
        JSON.readTree("{\"prompt_ids\": [2], \"completion_ids\": [3,1]}"), lines(output).get(0));
    Outcome.of("tokenize", "--model", empty, "--data", pairs, "--output", output)
        .refused(1, "tokenizer.json is missing");
  }

  @Test
  void aBadRecordFailsAndLeavesTheOldOutputOrIsSkippedAndListed() throws IOException {
    Path data =
        write("bad.jsonl", PAIRS + "{\"prompt\": \"a\", \"chosen\": null, \"rejected\": \"b\"}\n");
    Path output = write("kept.jsonl", "as it was\n");
    tokenize(data, output).refused(1, "bad.jsonl", "5", "\"chosen\"");
    assertEquals("as it was\n", Files.readString(output));
    String err = tokenize(data, output, "--on_bad_record", "skip").done().err();
    assertTrue(err.contains("1 row was left out:\n  row 4: "), err);
    JsonNode last = lines(output).get(4);
    assertEquals(4, last.get("row").asInt());
    assertTrue(last.get("skipped").asText().contains("chosen"), last.toString());
    assertFalse(names(folder).stream().anyMatch(n -> n.startsWith(".kept")), "left over");
  }

  // score

  @Test
  void scoreAgainstItselfHasRewardsOfZero() throws IOException {
    Path output = folder.resolve("scores.jsonl");
    score(pairs, output, "--reference", model, "--beta", "0.5", "--token_logps", "true").done();
    List<JsonNode> scores = lines(output);
    assertEquals(4, scores.size());
    JsonNode first = scores.get(0);
    assertEquals(3, first.get("tokens/chosen").asInt());
    assertEquals(2, first.get("tokens/rejected").asInt());
    assertEquals(3, first.get("token_logps/chosen").size());
    double sum = 0;
    for (JsonNode token : first.get("token_logps/chosen")) sum += token.asDouble();
    assertEquals(first.get("logps/chosen").asDouble(), sum, 1e-9);
    assertTrue(sum < 0);
    assertEquals(first.get("logps/chosen"), first.get("ref_logps/chosen"));
    assertEquals(0, first.get("rewards/chosen").asDouble());
    assertEquals(0, first.get("rewards/rejected").asDouble());
  }

  @Test
  void rewardsAreBetaTimesTheLogRatio() throws IOException {
    Path other = folder.resolve("reference");
    Path ingredients = folder.resolve("ingredients");
    Outcome.of(
            "init",
            "--config",
            ingredients.resolve("config.json"),
            "--tokenizer",
            ingredients,
            "--seed",
            "5",
            "--output_dir",
            other)
        .done();
    Path output = folder.resolve("rewards.jsonl");
    score(pairs, output, "--reference", other, "--beta", "0.5").done();
    for (JsonNode row : lines(output)) {
      double logRatio =
          row.get("logps/rejected").asDouble() - row.get("ref_logps/rejected").asDouble();
      assertTrue(Math.abs(logRatio) > 1e-3, row.toString());
      assertEquals(0.5 * logRatio, row.get("rewards/rejected").asDouble(), 1e-12);
      assertFalse(row.has("token_logps/chosen"));
    }
  }

  @Test
  void aCompletionIsScoredWithoutASideAndADroppedRowSaysWhy() throws IOException {
    Path data =
        write(
            "completions.jsonl",
            """
            {"prompt": "a", "completion": " b c"}
            {"prompt": "a b c d e", "completion": " f"}
            """);
    Path output = folder.resolve("completions-out.jsonl");
    score(data, output, "--max_length", "5", "--truncation_mode", "keep_start").done();
    List<JsonNode> rows = lines(output);
    assertEquals(3, rows.get(0).get("tokens").asInt());
    assertTrue(rows.get(0).get("logps").asDouble() < 0);
    assertEquals(1, rows.get(1).get("row").asInt());
    assertTrue(rows.get(1).get("skipped").asText().contains("prompt has 5 tokens"));
  }

  @Test
  void aRowPastTheModelsContextIsAnErrorUnlessItIsCut() throws IOException {
    String prompt = "a " + "b ".repeat(70);
    Path data =
        write(
            "long.jsonl",
            "{\"prompt\": \"%s\", \"chosen\": \" c\", \"rejected\": \" d\"}\n".formatted(prompt));
    Path output = folder.resolve("long-out.jsonl");
    score(data, output).refused(1, "Row 0", "64");
    assertFalse(Files.exists(output));
    score(data, output, "--max_length", "64", "--truncation_mode", "keep_end").done();
    assertEquals(2, lines(output).get(0).get("tokens/chosen").asInt());
  }

  // train

  @Test
  void trainLeavesAModelAndSaysWhatChanged() throws IOException {
    Path output = folder.resolve("trained");
    Outcome run =
        train(
                pairs,
                output,
                "--eval_data",
                pairs,
                "--per_device_train_batch_size",
                "2",
                "--logging_steps",
                "3")
            .done();
    assertTrue(run.out().contains("On 4 held-out rows"), run.out());
    assertTrue(run.out().matches("(?s).*\\n  accuracy +[01]\\.\\d+ \\[.*\\n  margin.*"), run.out());
    assertTrue(
        run.out().matches("(?s).*\n  accuracy of \"longer wins\" +[01]\\.\\d+ \\[.*"), run.out());
    assertTrue(
        run.out().matches("(?s).*\n  accuracy of \"shorter wins\" +[01]\\.\\d+ \\[.*"), run.out());
    assertTrue(run.out().endsWith("The result is in " + output + "\n"), run.out());
    assertTrue(run.err().contains("step 3/6  loss "), run.err());
    assertTrue(run.err().contains(" tokens/s  0:0"), run.err());
    List<JsonNode> metrics = lines(output.resolve("run").resolve("metrics.jsonl"));
    assertEquals(6, metrics.size());
    assertEquals(Math.log(2), metrics.get(0).get("loss").asDouble(), 1e-6);
    assertTrue(Files.exists(output.resolve("run").resolve("comparison.json")));
    Path scores = folder.resolve("trained-scores.jsonl");
    Outcome.of(
            "score", "--model", output, "--reference", model, "--data", pairs, "--output", scores)
        .done();
    double margin = 0;
    for (JsonNode row : lines(scores)) {
      margin += row.get("rewards/chosen").asDouble() - row.get("rewards/rejected").asDouble();
    }
    assertTrue(margin > 0, "training raised the margin of its own rows, got " + margin);
  }

  /** FIELD O02 (a) and (c). */
  @Test
  void trainRefusesAFinishedRunAndForeignFiles() throws IOException {
    Path output = folder.resolve("twice");
    train(pairs, output, "--num_train_epochs", "1").done();
    train(pairs, output, "--num_train_epochs", "1")
        .refused(1, output + " holds the result of a finished run", "overwrite_output_dir");
    train(pairs, output, "--num_train_epochs", "1", "--overwrite_output_dir", "true").done();
    Path foreign = Files.createDirectories(folder.resolve("foreign"));
    Files.writeString(foreign.resolve("thesis.doc"), "years of work");
    train(pairs, foreign, "--overwrite_output_dir", "true").refused(1, "thesis.doc");
    assertEquals(List.of("thesis.doc"), names(foreign));
  }

  @Test
  void trainSkipsAndListsBadRecords() throws IOException {
    Path data = write("bad-train.jsonl", "not json\n" + PAIRS);
    Path output = folder.resolve("skipping");
    train(data, output).refused(1, "bad-train.jsonl", "1");
    assertFalse(Files.exists(output));
    String err = train(data, output, "--on_bad_record", "skip").done().err();
    assertTrue(err.contains("1 row was left out:\n  row 0: "), err);
    assertTrue(err.contains("Training on 4 rows"), err);
  }

  @Test
  void bfloat16TellsWhatSurvives() {
    String out = train(pairs, folder.resolve("rounded"), "--output_dtype", "bfloat16").done().out();
    assertTrue(out.contains("Written in bfloat16: of the margin that was learnt"), out);
  }
}
