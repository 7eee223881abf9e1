package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.evaluation.ExampleScore;
import org.dpo4j.evaluation.PreferenceScorer;
import org.dpo4j.evaluation.ScoringOptions;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.StepReport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What training on any engine must do: equal TRL, step for step, to the last log-prob. Tolerances
 * are those of float32 over some steps: two recordings of TRL itself, with other kernels and
 * threads, differ by 1e-5 in the loss, 3e-5 in the gradient's norm and 1e-3 in the final log-probs.
 */
public abstract class TrainingParityContract {
  static final List<String> RUNS = RecordedRun.NAMES;

  static final List<String> SHARED_RUNS = List.of("dropped", "keep-end-ipo");

  static final List<String> LONG_SHARED_RUNS =
      List.of(
          "sigmoid-full",
          "sigmoid-cosine-truncated",
          "sigmoid-long",
          "sigmoid-shuffled",
          "robust",
          "ipo",
          "hinge",
          "sft",
          "sft-accumulated",
          "rpo",
          "keep-end");

  private static final List<String> SIDES = List.of("chosen", "rejected");
  private static final double UNCHECKED = Double.POSITIVE_INFINITY;

  @TempDir private Path directory;

  /** The engine that is tested. */
  protected abstract TrainingBackend backend();

  /** Rows as text where a tokenizer is on the test's class path, else TRL's ids. */
  protected PreferenceDataset rows(RecordedRun run) {
    return run.ids();
  }

  @ParameterizedTest
  @FieldSource("RUNS")
  void everyStepEqualsTrl(String name) {
    check(RecordedRun.of(name), RecordedRun.model(directory.resolve("model")));
  }

  /** On a model that writes stories, with rows of real length. */
  @ParameterizedTest
  @FieldSource("SHARED_RUNS")
  void everyStepOnAStoryModelEqualsTrl(String name) {
    check(RecordedRun.shared(name), Shared.path("data/models/stories260K-hf"));
  }

  @Tag("full")
  @ParameterizedTest
  @FieldSource("LONG_SHARED_RUNS")
  void everyStepOfLongRunsEqualsTrl(String name) {
    everyStepOnAStoryModelEqualsTrl(name);
  }

  private void check(RecordedRun run, Path model) {
    List<StepReport> steps = new ArrayList<>();
    PreferenceTrainer.offline(backend())
        .objective(run.objective())
        .config(run.config())
        .listener(steps::add)
        .train(PretrainedModel.open(model), rows(run), directory.resolve("trained"));

    assertEquals(run.steps().size(), steps.size(), "steps");
    for (int s = 0; s < steps.size(); s++) checkStep(run, run.steps().get(s), steps.get(s));
    PretrainedModel trained = PretrainedModel.open(directory.resolve("trained"));
    checkWeights(run, trained);
    checkScores(run, trained);
  }

  private static void checkStep(RecordedRun run, Map<String, Double> trl, StepReport step) {
    List<Executable> checks = new ArrayList<>();
    trl.forEach(
        (key, expected) -> {
          double tolerance = tolerance(run, key, trl, step.step() == 1);
          if (tolerance == UNCHECKED) return;
          double got =
              key.equals("epoch") ? step.epoch() : step.metrics().getOrDefault(key, Double.NaN);
          String where = run + ", step " + step.step() + ": " + key;
          checks.add(() -> assertEquals(expected, got, tolerance, where));
        });
    assertAll(checks);
  }

  private static double tolerance(
      RecordedRun run, String key, Map<String, Double> trl, boolean first) {
    double expected = Math.abs(trl.get(key));
    return switch (key) {
      case "loss" -> 1e-4 * Math.max(1, expected);
      case "grad_norm" -> 1e-5 + (first ? 1e-3 : 1e-2) * expected;
      case "epoch" -> 1e-6;
      case "learning_rate" -> 1e-9;
      // Before the first update all rewards are ties; rounding decides a pair of equal answers.
      case "rewards/accuracies" ->
          Math.abs(trl.get("rewards/margins")) > 1e-3
              ? 1e-6 + (run.hasEqualAnswers() ? 1.0 / run.config().batchSize() : 0)
              : UNCHECKED;
      case "rewards/chosen",
          "rewards/rejected",
          "rewards/margins",
          "logps/chosen",
          "logps/rejected" ->
          2e-3 + 1e-3 * expected;
      default -> UNCHECKED; // of the head, or counted otherwise
    };
  }

  private static void checkWeights(RecordedRun run, PretrainedModel trained) {
    for (Parameter parameter : trained.transformer().parameters()) {
      double[] squares = new double[1];
      trained
          .weights()
          .read(
              parameter,
              (row, values) -> {
                while (values.hasRemaining()) {
                  double x = values.get();
                  squares[0] += x * x;
                }
              });
      double expected = run.parameterNorms().get(parameter.name());
      assertEquals(
          expected, Math.sqrt(squares[0]), 2e-5 * expected, run + ": norm of " + parameter.name());
    }
  }

  private void checkScores(RecordedRun run, PretrainedModel trained) {
    List<Map<String, Double>> expected = run.after();
    List<ExampleScore> scores = new ArrayList<>();
    ScoringOptions options = new ScoringOptions(run.config().session(), run.config().truncation());
    try (PreferenceScorer scorer = PreferenceScorer.open(backend(), trained, options)) {
      for (ExampleScore score : scorer.score(rows(run))) {
        if (score.skipped() == null) scores.add(score);
      }
    }
    assertEquals(expected.size(), scores.size(), run + ": rows that were scored");
    for (int r = 0; r < scores.size(); r++) {
      for (int side = 0; side < SIDES.size(); side++) {
        double trl = expected.get(r).get(SIDES.get(side));
        assertEquals(
            trl,
            scores.get(r).completions().get(side).logProb(),
            2e-3 + 1e-3 * Math.abs(trl),
            run + ", row " + r + ": final log-prob of " + SIDES.get(side));
      }
    }
  }
}
