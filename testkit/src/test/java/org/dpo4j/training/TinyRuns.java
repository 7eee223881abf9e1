package org.dpo4j.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.loss.Objective;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.model.WeightSource;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.Prompt;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.testkit.RecordedRun;
import org.dpo4j.testkit.TestModels;

/** Runs of the recordings' tiny Llama (18,000 parameters, 35 ids, context 64) in plain Java. */
final class TinyRuns {
  private static final int VOCABULARY = 35;

  /** Batch 8, one epoch, rows in order, a learning rate that shows after a step. */
  static final TrainingConfig CONFIG =
      TrainingConfig.defaults()
          .withOrder(RowOrder.SEQUENTIAL)
          .withEpochs(1)
          .withLearningRate(1e-3)
          .withSchedule(LearningRateSchedule.CONSTANT);

  private TinyRuns() {}

  static PretrainedModel model(Path directory) {
    return PretrainedModel.open(RecordedRun.model(directory.resolve("model")));
  }

  /** Row i has a prompt of 3 tokens and answers of i + 1 and n - i tokens. */
  static List<PreferenceExample> pairs(int n) {
    Random random = new Random(7);
    List<PreferenceExample> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      rows.add(
          PreferenceExample.pair(
              i,
              Prompt.of(ids(random, 3)),
              Completion.of(ids(random, i + 1)),
              Completion.of(ids(random, n - i))));
    }
    return rows;
  }

  private static TokenIds ids(Random random, int length) {
    return TokenIds.of(random.ints(length, 3, VOCABULARY).toArray());
  }

  /** A reference that is another model than the policy: rewards are not 0 in the first step. */
  static final class OtherReference implements ScoringBackend {
    @Override
    public String name() {
      return "other";
    }

    @Override
    public String description() {
      return "weights of its own";
    }

    @Override
    public ScoringSession openScoring(
        CausalTransformer model, WeightSource weights, SessionOptions options) {
      return new PlainBackend().openScoring(model, TestModels.weights(3), options);
    }
  }

  /** The steps of a run, and the policy that it left. */
  record Trained(List<StepReport> steps, PretrainedModel policy) {
    double metric(int step, String name) {
      return steps.get(step).metrics().get(name);
    }
  }

  /** Trains into a directory of its own. */
  static Trained train(
      Path directory, Objective objective, TrainingConfig config, List<PreferenceExample> rows) {
    List<StepReport> steps = new ArrayList<>();
    Path output = directory.resolve("run-" + System.nanoTime());
    PreferenceTrainer.offline(new PlainBackend())
        .objective(objective)
        .config(config)
        .referenceBackend(new OtherReference())
        .listener(steps::add)
        .train(
            PretrainedModel.open(directory.resolve("model")), PreferenceDataset.of(rows), output);
    return new Trained(steps, PretrainedModel.open(output));
  }
}
