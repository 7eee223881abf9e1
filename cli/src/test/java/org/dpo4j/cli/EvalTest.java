package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code eval} on a tiny model and real engines. */
class EvalTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The chosen completion is the longer one of the first and the last row, by one token. */
  private static final String PAIRS =
      """
      {"prompt": "a b", "chosen": " c d", "rejected": " e"}
      {"prompt": "a b c", "chosen": " d", "rejected": " e f"}
      {"prompt": "b", "chosen": " c", "rejected": " d"}
      {"prompt": "d e", "chosen": " f g", "rejected": " h"}
      """;

  @TempDir static Path folder;
  private static Path model;
  private static Path reference;
  private static Path pairs;

  @BeforeAll
  static void makeModels() throws IOException {
    model = TinyModel.init(folder);
    Path ingredients = folder.resolve("ingredients");
    reference = folder.resolve("reference");
    Object[] init = {
      "init",
      "--config",
      ingredients.resolve("config.json"),
      "--tokenizer",
      ingredients,
      "--seed",
      "5",
      "--output_dir",
      reference
    };
    Outcome.of(init).done();
    pairs = write("pairs.jsonl", PAIRS);
  }

  private static Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Outcome eval(Path data, Object... options) {
    List<Object> all = new ArrayList<>(List.of("eval", "--model", model, "--data", data));
    all.addAll(List.of(options));
    return Outcome.of(all.toArray());
  }

  private static JsonNode evaluated(Path data, Object... options) throws IOException {
    return JSON.readTree(eval(data, options).done().out());
  }

  /** What {@code score} says of each row. */
  private static List<JsonNode> scores() throws IOException {
    Path output = folder.resolve("scores.jsonl");
    Outcome.of(
            "score",
            "--model",
            model,
            "--reference",
            reference,
            "--data",
            pairs,
            "--output",
            output,
            "--beta",
            "0.5")
        .done();
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(output)) rows.add(JSON.readTree(line));
    return rows;
  }

  /** Rows 0 to 2 are one batch, row 3 another: TRL's means are over batches. */
  private static double meanOfBatchMeans(List<JsonNode> rows, ToDoubleFunction<JsonNode> of) {
    double first = rows.subList(0, 3).stream().mapToDouble(of).average().orElseThrow();
    return (first + of.applyAsDouble(rows.get(3))) / 2;
  }

  private static double mean(List<JsonNode> rows, ToDoubleFunction<JsonNode> of) {
    return rows.stream().mapToDouble(of).average().orElseThrow();
  }

  private static double margin(JsonNode row) {
    return row.get("rewards/chosen").asDouble() - row.get("rewards/rejected").asDouble();
  }

  @ParameterizedTest
  @ValueSource(strings = {"djl", "tensorflow", "onnx"})
  void numbersFollowFromTheScoresOfRows(String backend) throws IOException {
    List<JsonNode> rows = scores();
    JsonNode told =
        evaluated(
            pairs,
            "--reference",
            reference,
            "--beta",
            "0.5",
            "--per_device_eval_batch_size",
            "3",
            "--backend",
            backend);
    assertEquals(
        mean(rows, row -> Math.log1p(Math.exp(-margin(row)))),
        told.get("eval_loss").asDouble(),
        1e-5);
    for (String key :
        List.of("rewards/chosen", "rewards/rejected", "logps/chosen", "logps/rejected")) {
      assertEquals(
          meanOfBatchMeans(rows, row -> row.get(key).asDouble()),
          told.get("eval_" + key).asDouble(),
          1e-4,
          key);
    }
    assertEquals(
        meanOfBatchMeans(rows, EvalTest::margin),
        told.get("eval_rewards/margins").asDouble(),
        1e-4);
    assertEquals(
        meanOfBatchMeans(rows, row -> margin(row) > 0 ? 1 : 0),
        told.get("eval_rewards/accuracies").asDouble(),
        1e-12);
    assertEquals(4, told.get("rows").asInt());
    assertEquals(0, told.get("skipped").asInt());

    JsonNode intervals = told.get("intervals");
    assertInterval(mean(rows, EvalTest::margin), intervals.get("rewards/margins"));
    assertInterval(mean(rows, r -> margin(r) > 0 ? 1 : 0), intervals.get("rewards/accuracies"));
    ToDoubleFunction<JsonNode> logProbMargin =
        row -> row.get("logps/chosen").asDouble() - row.get("logps/rejected").asDouble();
    assertInterval(mean(rows, logProbMargin), intervals.get("logps/margins"));
    assertInterval(
        mean(rows, r -> logProbMargin.applyAsDouble(r) > 0 ? 1 : 0),
        intervals.get("logps/accuracies"));
    assertInterval(2 / 4.0, intervals.get("longer_wins"));
    assertInterval(1 / 4.0, intervals.get("shorter_wins"));
  }

  private static void assertInterval(double mean, JsonNode estimate) {
    assertEquals(mean, estimate.get("mean").asDouble(), 1e-4);
    assertTrue(estimate.get("low").asDouble() <= estimate.get("mean").asDouble());
    assertTrue(estimate.get("high").asDouble() >= estimate.get("mean").asDouble());
    assertTrue(estimate.get("low").asDouble() < estimate.get("high").asDouble(), "of 4 rows");
  }

  @Test
  void aPolicyAgainstItselfHasTheLossOfNoDifference() throws IOException {
    JsonNode told = evaluated(pairs, "--reference", model, "--loss_type", "sigmoid,ipo");
    assertEquals(
        Math.log(2) + 25, // (0 - 1 / (2 beta))^2
        told.get("eval_loss").asDouble(),
        1e-9);
    assertEquals(0, told.get("eval_rewards/margins").asDouble());
  }

  @Test
  void withoutAReferenceItTellsWhatNeedsNone() throws IOException {
    Outcome run = eval(pairs).done();
    assertTrue(run.err().contains("Without --reference: no loss, no rewards."), run.err());
    JsonNode told = JSON.readTree(run.out());
    assertFalse(told.has("eval_loss"), run.out());
    assertFalse(told.toString().contains("rewards"), run.out());
    assertTrue(told.get("eval_logps/chosen").asDouble() < 0);
    assertTrue(told.get("intervals").has("logps/accuracies"));
    assertTrue(told.get("intervals").has("longer_wins"));
  }

  @Test
  void aLossThatNeedsNoReferenceIsTold() throws IOException {
    Outcome run = eval(pairs, "--loss_type", "sft").done();
    assertTrue(run.err().contains("Without --reference: no rewards."), run.err());
    double tokens = mean(scores(), row -> row.get("tokens/chosen").asDouble());
    double logProbs = mean(scores(), row -> row.get("logps/chosen").asDouble());
    JsonNode told = JSON.readTree(run.out());
    assertEquals(-logProbs / tokens, told.get("eval_loss").asDouble(), 1e-4);
  }

  @Test
  void anAskedLossThatNeedsTheReferenceIsRefusedWithoutOne() {
    eval(pairs, "--loss_type", "sft,ipo")
        .refused(2, "--loss_type sft,ipo needs --reference, the model that log-ratios");
    eval(pairs, "--loss_type", "sigmoid").refused(2, "--loss_type sigmoid needs --reference");
    eval(pairs, "--beta", "0.3").refused(2, "--beta has no effect without --reference");
    eval(pairs, "--loss_type", "sft", "--beta", "0.3").refused(2, "--beta has no effect");
    eval(pairs, "--label_smoothing", "0.1").refused(2, "--label_smoothing is set, but sigmoid");
    eval(pairs, "--per_device_eval_batch_size", "0").refused(2, "expected at least 1");
  }

  @Test
  void theFileHoldsWhatIsPrinted() throws IOException {
    Path output = write("eval.json", "as it was\n");
    eval(folder.resolve("gone.jsonl"), "--output", output).refused(1, "gone.jsonl does not exist");
    assertEquals("as it was\n", Files.readString(output));
    Outcome run = eval(pairs, "--reference", reference, "--output", output).done();
    assertEquals(run.out(), Files.readString(output));
    eval(pairs, "--output", folder).refused(1, "a directory; expected a file");
  }

  @Test
  void rowsThatAreLeftOutAreCounted() throws IOException {
    Path data = write("bad.jsonl", PAIRS + "not json\n");
    eval(data).refused(1, "bad.jsonl", "5");
    Outcome run = eval(data, "--on_bad_record", "skip", "--max_length", "3").done();
    assertTrue(run.err().contains("2 rows were left out:\n  row 1: "), run.err());
    JsonNode told = JSON.readTree(run.out());
    assertEquals(3, told.get("rows").asInt());
    assertEquals(2, told.get("skipped").asInt());
  }

  @Test
  void aReferenceWithOtherTokensIsRefused() throws IOException {
    Path ingredients = folder.resolve("other-ingredients");
    TinyModel.writeIngredients(ingredients);
    Path tokenizer = ingredients.resolve("tokenizer.json");
    String words = Files.readString(tokenizer);
    Files.writeString(
        tokenizer, words.replace("\"c\": 4", "\"c\": 5").replace("\"d\": 5", "\"d\": 4"));
    Path other = folder.resolve("other-tokens");
    Object[] init = {
      "init",
      "--config",
      ingredients.resolve("config.json"),
      "--tokenizer",
      ingredients,
      "--output_dir",
      other
    };
    Outcome.of(init).done();
    eval(pairs, "--reference", other)
        .refused(1, "Row 0: the reference makes other tokens of the text than the policy");
  }

  @Test
  void aRowThatALossCannotUseIsNamed() throws IOException {
    Path data = write("demonstrations.jsonl", "{\"prompt\": \"a\", \"completion\": \" b\"}\n");
    eval(data, "--reference", reference)
        .refused(1, "row 0: the loss sigmoid needs a better and a worse completion");
    JsonNode told = evaluated(data);
    assertTrue(told.get("eval_logps/chosen").asDouble() < 0, "log-probs need no comparison");
    assertEquals(0, told.get("intervals").size());
  }
}
