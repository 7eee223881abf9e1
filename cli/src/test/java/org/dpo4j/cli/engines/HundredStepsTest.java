package org.dpo4j.cli.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.backend.Backends;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.StepReport;
import org.dpo4j.training.TrainingConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run on each engine that trains. */
class HundredStepsTest {
  private static final int STEPS = 100;

  @TempDir private Path directory;

  private List<StepReport> train(String engine) {
    List<StepReport> steps = new ArrayList<>();
    TrainingConfig config =
        TrainingConfig.defaults()
            .withBatchSize(8)
            .withEpochs(1)
            .withLearningRate(2e-4)
            .withWarmupSteps(0.1)
            .withSession(SessionOptions.defaults().withThreads(2));
    PreferenceTrainer.offline(Backends.training(engine))
        .config(config)
        .listener(steps::add)
        .train(Story.model(), Story.pairs(8 * STEPS), directory.resolve(engine));
    return steps;
  }

  /**
   * They were 7e-6 apart at most. Learning faster makes any rounding grow: at 5e-4, 6e-4 in the
   * hundredth step.
   */
  @Test
  @Tag("full")
  void lossesOfDjlAndTensorFlowAreEqualAtEveryStep() {
    List<StepReport> djl = train("djl");
    List<StepReport> tensorflow = train("tensorflow");
    assertEquals(STEPS, djl.size());
    assertEquals(STEPS, tensorflow.size());
    for (int s = 0; s < STEPS; s++) {
      assertEquals(djl.get(s).loss(), tensorflow.get(s).loss(), 1e-4, "loss of step " + (s + 1));
    }
    double first = mean(djl.subList(0, 20));
    double last = mean(djl.subList(STEPS - 20, STEPS));
    assertTrue(last < first - 0.05, "the run learns: from " + first + " to " + last);
  }

  private static double mean(List<StepReport> steps) {
    return steps.stream().mapToDouble(StepReport::loss).average().orElseThrow();
  }
}
