package org.dpo4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.dpo4j.backend.MachineMemory;
import org.dpo4j.evaluation.PolicyComparison;
import org.dpo4j.evaluation.SkippedRow;
import org.dpo4j.loss.SftLoss;
import org.dpo4j.loss.SigmoidLoss;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.model.WeightFormat;
import org.dpo4j.preference.OnBadRecord;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.service.InputException;
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.tokenization.Truncation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run tells, writes, refuses and survives. */
class OfflineTrainerTest {
  private static final PreferenceDataset PAIRS = PreferenceDataset.of(TinyRuns.pairs(6));
  private static final TrainingConfig CONFIG = TinyRuns.CONFIG.withBatchSize(2);

  @TempDir private Path directory;
  private final FaultyBackend backend = new FaultyBackend();
  private PretrainedModel model;
  private Path output;

  @BeforeEach
  void layTheModelDown() {
    model = TinyRuns.model(directory);
    output = directory.resolve("out");
  }

  private TrainingSetup setup() {
    return PreferenceTrainer.offline(backend).loss(new SigmoidLoss(0.1)).config(CONFIG);
  }

  private TrainingReport train() {
    return setup().train(model, PAIRS, output);
  }

  private List<String> names(String inOutput) throws IOException {
    try (Stream<Path> files = Files.list(output.resolve(inOutput))) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private List<JsonNode> lines(String file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(output.resolve("run").resolve(file))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  @Test
  void leavesAHuggingFaceDirectoryWithTheRecordsOfTheRun() throws IOException {
    TrainingReport report = train();
    assertEquals(
        List.of(
            "README.md",
            "config.json",
            "model.safetensors",
            "run",
            "tokenizer.json",
            "tokenizer_config.json"),
        names(""));
    assertEquals(List.of("cache", "config.yaml", "metrics.jsonl", "timing.jsonl"), names("run"));
    List<JsonNode> metrics = lines("metrics.jsonl");
    assertEquals(3, metrics.size());
    List<String> keys = new ArrayList<>();
    metrics.get(0).fieldNames().forEachRemaining(keys::add);
    assertEquals(
        List.of(
            "step",
            "epoch",
            "loss",
            "grad_norm",
            "learning_rate",
            "logps/chosen",
            "logps/rejected",
            "rewards/accuracies",
            "rewards/chosen",
            "rewards/margins",
            "rewards/rejected"),
        keys);
    assertEquals(Math.log(2), metrics.get(0).get("loss").doubleValue(), 1e-12);
    assertEquals(2 / 3.0, metrics.get(1).get("epoch").doubleValue(), 1e-12);
    JsonNode timing = lines("timing.jsonl").get(2);
    assertTrue(timing.get("tokens_per_second").doubleValue() > 0);
    MachineMemory.peakResident()
        .ifPresent(
            peak -> {
              long then = timing.get("peak_resident_bytes").longValue();
              assertTrue(then <= peak && then >= timing.get("resident_bytes").longValue());
            });
    assertEquals(6, report.rows());
    assertEquals(3, report.last().step());
    assertEquals(
        metrics.stream().mapToDouble(m -> m.get("loss").doubleValue()).average().orElseThrow(),
        report.meanLoss(),
        1e-12);
    assertNull(report.comparison());
    assertEquals(0, backend.openSessions, "sessions left open");
  }

  @Test
  void runsTheLargestMicroBatchFirstAndForgetsIt() {
    // pairs of 3 + (i + 1) - 1 + (6 - i) - 1 tokens are equally long: make one longer
    List<PreferenceExample> rows = new ArrayList<>(TinyRuns.pairs(6));
    PreferenceExample longer = TinyRuns.pairs(9).get(4);
    rows.set(
        3,
        PreferenceExample.pair(
            3, longer.prompt(), longer.completions().get(0), longer.completions().get(1)));
    TrainingConfig one = CONFIG.withMicroBatchSize(1);
    setup().config(one).train(model, PreferenceDataset.of(rows), output);
    assertEquals(3 + 5 - 1 + 5 - 1, backend.firstTokens);
    assertEquals(1 + 6, backend.forwarded);
  }

  @Test
  void ofAFractionOfAnEpochTheStepsAreRoundedUp() {
    TrainingReport report =
        setup().config(CONFIG.withEpochs(0.5)).train(model, PAIRS, output); // 3 steps an epoch
    assertEquals(2, report.last().step());
    assertEquals(2, report.last().steps());
    assertEquals(2 / 3.0, report.last().epoch(), 1e-12);
  }

  @Test
  void demonstrationsAreImitatedWithoutAReference() {
    List<PreferenceExample> rows =
        TinyRuns.pairs(4).stream()
            .map(e -> PreferenceExample.demonstration(e.row(), e.prompt(), e.completions().get(0)))
            .toList();
    TrainingReport report =
        setup().loss(new SftLoss()).train(model, PreferenceDataset.of(rows), output);
    assertEquals(0, backend.scored, "nothing needs the reference");
    assertTrue(report.last().metrics().containsKey("logps/chosen"));
    assertFalse(report.last().metrics().containsKey("rewards/chosen"));
  }

  @Test
  void dataThatALossCannotUseAreRefusedBeforeAnythingIsOpened() {
    PreferenceExample pair = TinyRuns.pairs(1).get(0);
    PreferenceDataset data =
        PreferenceDataset.of(
            List.of(PreferenceExample.demonstration(4, pair.prompt(), pair.completions().get(0))));
    InputException e = assertThrows(InputException.class, () -> setup().train(model, data, output));
    assertTrue(e.getMessage().contains("row 4"), e.getMessage());
    assertEquals(0, backend.opened);
    assertFalse(Files.exists(output), "nothing was written");
  }

  @Test
  void tellsAListenerAndDropsOneThatThrows() {
    List<String> told = new ArrayList<>();
    setup()
        .listener(
            step -> {
              told.add("thrower");
              throw new IllegalStateException("a listener's fault");
            })
        .listener(
            new TrainingListener() {
              @Override
              public void start(TrainingPlan plan) {
                told.add(plan.rows() + " rows, " + plan.steps() + " steps");
              }

              @Override
              public void step(StepReport step) {
                told.add("step " + step.step() + " of " + step.steps());
              }

              @Override
              public void evaluation(PolicyComparison comparison) {
                told.add("compared " + comparison.compared());
              }

              @Override
              public void finish(TrainingReport report) {
                told.add("finished " + report.last().step());
              }
            })
        .evaluation(PAIRS)
        .train(model, PAIRS, output);
    assertEquals(
        List.of(
            "6 rows, 3 steps",
            "thrower",
            "step 1 of 3",
            "step 2 of 3",
            "step 3 of 3",
            "compared 6",
            "finished 3"),
        told);
  }

  @Test
  void aListenerOnTheClassPathWatchesEveryRun() {
    WatchingListener.steps.set(0);
    train();
    assertEquals(3, WatchingListener.steps.get());
  }

  @Test
  void comparesEvaluationRowsBeforeAndAfter() throws IOException {
    TrainingReport report =
        setup().config(CONFIG.withEpochs(5)).evaluation(PAIRS).train(model, PAIRS, output);
    PolicyComparison comparison = report.comparison();
    assertNotNull(comparison);
    assertTrue(comparison.change().margin().mean() > 0.1, "trained on them: they must move");
    JsonNode json = new ObjectMapper().readTree(output.resolve("run/comparison.json").toFile());
    assertEquals(
        comparison.after().accuracy().low(), json.at("/after/accuracy/low").doubleValue(), 1e-12);
    assertEquals(6, json.get("compared").intValue());
    assertTrue(json.has("reward_margin") && json.has("longer_wins"));
  }

  @Test
  void tellsWhatRoundingToBfloat16Keeps() {
    TrainingReport report =
        setup()
            .config(CONFIG.withEpochs(5).withOutputFormat(WeightFormat.BFLOAT16))
            .train(model, PAIRS, output);
    RoundingEffect rounding = report.rounding();
    assertNotNull(rounding);
    assertEquals(6, rounding.rows());
    assertTrue(rounding.learned() > 0.1);
    // weights of some 0.2 are rounded by up to 2^-9 of themselves, steps were 1e-3
    assertEquals(1, rounding.share(), 0.5);
    assertFalse(rounding.kept() == rounding.learned(), "rounding changes something");
  }

  @Test
  void whatRoundingSwallowsIsNotCalledLearnt() {
    RoundingEffect rounding =
        setup()
            .config(CONFIG.withLearningRate(1e-9).withOutputFormat(WeightFormat.BFLOAT16))
            .train(model, PAIRS, output)
            .rounding();
    assertNotNull(rounding);
    assertTrue(Math.abs(rounding.learned()) < 1e-4);
    assertTrue(
        Math.abs(rounding.kept()) > 10 * Math.abs(rounding.learned()), "noise, not learning");
  }

  @Test
  void aCancelledRunSaysThatNoModelIsSaved() throws IOException {
    TrainingSetup setup = setup();
    setup.listener(step -> fromAnotherThread(setup::cancel));
    CancellationException e =
        assertThrows(CancellationException.class, () -> setup.train(model, PAIRS, output));
    assertTrue(e.getMessage().contains("after step 1 of 3"), e.getMessage());
    assertTrue(e.getMessage().contains("No model was saved"), e.getMessage());
    assertEquals(List.of("run"), names(""));
    assertEquals(1, lines("metrics.jsonl").size());
    assertEquals(0, backend.openSessions, "sessions left open");
  }

  private static void fromAnotherThread(Runnable work) {
    Thread other = new Thread(work);
    other.start();
    try {
      other.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aLossThatIsNotFiniteStopsTheRunAndNamesStepAndRows() throws IOException {
    InputException e =
        assertThrows(
            InputException.class,
            () -> setup().config(CONFIG.withLearningRate(1e300)).train(model, PAIRS, output));
    assertTrue(e.getMessage().startsWith("Step 2 of 3, rows [2, 3]"), e.getMessage());
    assertTrue(e.getMessage().contains("learning_rate"), e.getMessage());
    assertEquals(1, lines("metrics.jsonl").size());
    assertEquals(List.of("run"), names(""));
  }

  @Test
  void aGradientThatIsNotFiniteStopsTheRunBeforeTheStep() throws IOException {
    backend.badNormAt = 1;
    InputException e = assertThrows(InputException.class, this::train);
    assertTrue(e.getMessage().contains("Step 2 of 3, rows [2, 3]"), e.getMessage());
    assertTrue(e.getMessage().contains("NaN"), e.getMessage());
    assertEquals(1, lines("metrics.jsonl").size());
  }

  @Test
  void theResultIsThereEvenIfComparingFails() {
    backend.scoringFailsAfterwards = true;
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> setup().evaluation(PAIRS).train(model, PAIRS, output));
    assertTrue(e.getMessage().contains("is saved in " + output), e.getMessage());
    assertEquals(
        model.transformer().parameters(), PretrainedModel.open(output).transformer().parameters());
  }

  /** FIELD D11: the lone half of a surrogate pair is reported with its line. */
  @Test
  void badRecordsAndDroppedRowsAreListed() throws IOException {
    Path file = directory.resolve("pairs.jsonl");
    Files.writeString(
        file,
        """
        {"prompt_ids": [3, 4], "chosen_ids": [5], "rejected_ids": [6]}
        {"prompt": "Hi", "chosen": "ok \\ud83d\\ude00", "rejected": "ok \\ud83d"}
        {"prompt_ids": [3, 4, 5, 6, 7, 8], "chosen_ids": [5], "rejected_ids": [6]}
        """);
    TrainingReport report =
        setup()
            .config(CONFIG.withTruncation(new Truncation(Truncation.Mode.KEEP_START, 6)))
            .train(model, PreferenceDataset.open(file, OnBadRecord.SKIP), output);
    assertEquals(1, report.rows());
    assertEquals(List.of(1L, 2L), report.skipped().stream().map(SkippedRow::row).toList());
    assertTrue(report.skipped().get(0).reason().contains("pairs.jsonl:2"));
    assertTrue(report.skipped().get(1).reason().contains("max_length"));
  }

  @Test
  void withoutARowLeftThereIsNothingToTrainOn() {
    TrainingConfig cut = CONFIG.withTruncation(new Truncation(Truncation.Mode.KEEP_START, 3));
    InputException e =
        assertThrows(InputException.class, () -> setup().config(cut).train(model, PAIRS, output));
    assertTrue(e.getMessage().contains("no row"), e.getMessage());
    assertFalse(Files.exists(output), "nothing was written");
  }

  @Test
  void aRowPastTheContextIsNamed() {
    InputException e =
        assertThrows(
            InputException.class,
            () -> setup().train(model, PreferenceDataset.of(TinyRuns.pairs(62)), output));
    // row 0: 3 + 62 tokens
    assertTrue(e.getMessage().startsWith("Row 0 has 65 tokens"), e.getMessage());
    assertTrue(e.getMessage().contains("64"), e.getMessage());
  }

  @Test
  void trainsByNameOnTheSameDataTwiceToTheSameBytes() throws IOException {
    TrainingConfig config = CONFIG.withOverwriteOutput(true);
    byte[] first = bytes(config);
    int scored = backend.scored;
    byte[] second = bytes(config);
    assertArrayEquals(first, second);
    assertEquals(scored, backend.scored, "the reference comes from the cache");
  }

  private byte[] bytes(TrainingConfig config) throws IOException {
    PreferenceTrainer.named("offline", backend)
        .loss(new SigmoidLoss(0.1))
        .config(config)
        .train(model, PAIRS, output);
    return Files.readAllBytes(output.resolve("model.safetensors"));
  }

  @Test
  void anUnknownTrainerIsToldWithWhatIsThere() {
    InputException e =
        assertThrows(
            InputException.class, () -> PreferenceTrainer.named("offlin", new PlainBackend()));
    assertTrue(e.getMessage().contains("offline"), e.getMessage());
  }
}
