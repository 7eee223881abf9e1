package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.evaluation.ExampleScore;
import org.dpo4j.evaluation.PreferenceScorer;
import org.dpo4j.evaluation.ScoringOptions;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.TrainingConfig;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Trains as TRL did when its runs were recorded, and compares every step and the final policy. The
 * tolerances are of float32: recorded twice, with other kernels and threads, TRL differs from
 * itself by a tenth of them.
 */
public abstract class RecordedRunContract {
  private static final double LOSS = 1e-4;
  private static final double FIRST_GRAD_NORM = 1e-3;
  private static final double GRAD_NORM = 1e-2;
  private static final double SUM = 2e-3;
  private static final double RELATIVE_SUM = 1e-3;
  private static final double PARAMETER_NORM = 2e-5;

  /** The engine that trains and scores. */
  protected abstract TrainingBackend backend();

  static List<String> runs() {
    return RecordedRun.NAMES;
  }

  @ParameterizedTest
  @MethodSource("runs")
  void followsTrlStepByStep(String name, @TempDir Path directory) throws IOException {
    follow(RecordedRun.of(name), RecordedRun.model(directory.resolve("model")), directory);
  }

  /** Trains as a recorded run and holds it to the recording. */
  protected final void follow(RecordedRun run, Path model, Path directory) throws IOException {
    Path output = directory.resolve("trained");
    TrainingConfig config = run.config();
    PreferenceTrainer.offline(backend())
        .objective(run.objective())
        .config(config)
        .train(PretrainedModel.open(model), run.ids(), output);
    List<Map<String, Double>> expected = run.steps();
    List<JsonNode> steps = lines(output.resolve("run/metrics.jsonl"));
    assertEquals(expected.size(), steps.size(), "steps");
    for (int i = 0; i < steps.size(); i++) {
      holdStep(run, i, steps.get(i), expected.get(i), config);
    }
    PretrainedModel trained = PretrainedModel.open(output);
    holdScores(run, trained, config);
    run.parameterNorms().forEach((parameter, norm) -> holdNorm(trained, parameter, norm));
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) lines.add(new ObjectMapper().readTree(line));
    return lines;
  }

  private static void holdStep(
      RecordedRun run, int i, JsonNode step, Map<String, Double> expected, TrainingConfig config) {
    for (Map.Entry<String, Double> e : expected.entrySet()) {
      String key = e.getKey();
      double value = e.getValue();
      double tolerance;
      if (key.equals("step") || key.equals("epoch")) {
        tolerance = 1e-6;
      } else if (key.equals("learning_rate")) {
        tolerance = 1e-12;
      } else if (key.equals("loss")) {
        tolerance = LOSS * Math.max(1, Math.abs(value));
      } else if (key.equals("grad_norm")) {
        tolerance = 1e-5 + value * (i == 0 ? FIRST_GRAD_NORM : GRAD_NORM);
      } else if (key.equals("rewards/accuracies")) {
        // before the first update all is a tie, and rounding decides ties
        if (Math.abs(expected.getOrDefault("rewards/margins", 0.0)) < 1e-3) continue;
        tolerance = 1e-6 + (run.hasEqualAnswers() ? 1.0 / config.batchSize() : 0);
      } else if (key.startsWith("rewards/") || key.startsWith("logps/")) {
        tolerance = SUM + RELATIVE_SUM * Math.abs(value);
      } else {
        continue; // statistics of the head, throughput
      }
      assertTrue(step.has(key), "step " + (i + 1) + " has no " + key);
      assertEquals(value, step.get(key).doubleValue(), tolerance, "step " + (i + 1) + ", " + key);
    }
  }

  private void holdScores(RecordedRun run, PretrainedModel trained, TrainingConfig config) {
    ScoringOptions options = ScoringOptions.defaults().withTruncation(config.truncation());
    List<Map<String, Double>> expected = run.after();
    int row = 0;
    try (PreferenceScorer scorer = PreferenceScorer.open(backend(), trained, options)) {
      for (ExampleScore score : scorer.score(run.ids())) {
        double[] values = {expected.get(row).get("chosen"), expected.get(row).get("rejected")};
        for (int side = 0; side < 2; side++) {
          assertEquals(
              values[side],
              score.completions().get(side).logProb(),
              SUM + RELATIVE_SUM * Math.abs(values[side]),
              "row " + row + ", completion " + side);
        }
        row++;
      }
    }
    assertEquals(expected.size(), row, "rows");
  }

  private static void holdNorm(PretrainedModel trained, String name, double expected) {
    Parameter parameter =
        trained.transformer().parameters().stream()
            .filter(p -> p.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError("there is no " + name));
    double squares = 0;
    for (double w : TestModels.numbers(parameter, trained.weights())) squares += w * w;
    assertEquals(expected, Math.sqrt(squares), PARAMETER_NORM * expected, name);
  }
}
