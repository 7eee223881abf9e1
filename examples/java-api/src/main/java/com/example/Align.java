package com.example;

import java.nio.file.Path;
import org.dpo4j.backend.Backends;
import org.dpo4j.evaluation.ExampleScore;
import org.dpo4j.evaluation.PreferenceScorer;
import org.dpo4j.loss.SigmoidLoss;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.TrainingConfig;
import org.dpo4j.training.TrainingReport;

/**
 * Trains a model on a file of preferences, then scores the same rows. Nothing here names an engine:
 * the one on the class path is taken.
 */
public final class Align {
  private Align() {}

  /**
   * Arguments: a model directory, a preference file and, to train, the directory of the result.
   * Without the last one the rows are scored by the model as it is; any engine can do that.
   */
  public static void main(String[] arguments) {
    PretrainedModel model = PretrainedModel.open(Path.of(arguments[0]));
    PreferenceDataset pairs = PreferenceDataset.open(Path.of(arguments[1]));
    if (arguments.length > 2) model = train(model, pairs, Path.of(arguments[2]));
    try (PreferenceScorer scorer = PreferenceScorer.open(Backends.scoring(), model)) {
      for (ExampleScore score : scorer.score(pairs)) {
        System.out.println("row " + score.row() + ": " + score.completions());
      }
    }
  }

  private static PretrainedModel train(
      PretrainedModel model, PreferenceDataset pairs, Path output) {
    TrainingReport report =
        PreferenceTrainer.offline(Backends.training())
            .loss(new SigmoidLoss(0.1))
            .config(TrainingConfig.defaults().withLearningRate(1e-3).withEpochs(1))
            .listener(System.out::println)
            .train(model, pairs, output);
    System.out.println(report.rows() + " rows in " + report.seconds() + " s: " + report.output());
    return PretrainedModel.open(output);
  }
}
