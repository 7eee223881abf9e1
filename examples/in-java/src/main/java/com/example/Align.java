package com.example;

import java.nio.file.Path;
import org.dpo4j.backend.Backends;
import org.dpo4j.evaluation.ExampleScore;
import org.dpo4j.evaluation.PreferenceScorer;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.TrainingConfig;
import org.dpo4j.training.TrainingReport;

/** Trains a model on a file of preferences with a loss of its own, then scores the same rows. */
public final class Align {
  private Align() {}

  /** Arguments: a model directory, a preference file, the directory of the result. */
  public static void main(String[] arguments) {
    Path output = Path.of(arguments[2]);
    PreferenceDataset pairs = PreferenceDataset.open(Path.of(arguments[1]));
    TrainingReport report =
        PreferenceTrainer.offline(Backends.training())
            .loss(new SquaredHingeLoss(0.1))
            .config(TrainingConfig.defaults().withLearningRate(1e-3).withEpochs(1))
            .listener(System.out::println)
            .train(PretrainedModel.open(Path.of(arguments[0])), pairs, output);
    System.out.println(report.rows() + " rows in " + report.seconds() + " s: " + report.output());

    PretrainedModel aligned = PretrainedModel.open(output);
    try (PreferenceScorer scorer = PreferenceScorer.open(Backends.scoring(), aligned)) {
      for (ExampleScore score : scorer.score(pairs)) {
        System.out.println("row " + score.row() + ": " + score.completions());
      }
    }
  }
}
