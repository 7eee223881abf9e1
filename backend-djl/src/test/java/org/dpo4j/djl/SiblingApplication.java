package org.dpo4j.djl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dpo4j.backend.Backends;
import org.dpo4j.evaluation.ExampleScore;
import org.dpo4j.evaluation.PreferenceScorer;
import org.dpo4j.evaluation.ScoringOptions;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.testkit.RecordedRun;
import org.dpo4j.training.PreferenceTrainer;

/**
 * What an application does that lives in a class loader of its own: tokenizes, trains and scores.
 * Made and called by {@link SiblingClassLoaders}, which doesn't see its class.
 */
public final class SiblingApplication implements Callable<Double> {
  /** The sum of the log-probs of all completions, by the trained policy. */
  @Override
  public Double call() throws Exception {
    Path directory = Files.createTempDirectory("sibling");
    RecordedRun run = RecordedRun.of("dropped");
    PreferenceDataset texts = run.texts();
    PretrainedModel model = PretrainedModel.open(RecordedRun.model(directory.resolve("model")));
    PreferenceTrainer.offline(Backends.training())
        .objective(run.objective())
        .config(run.config())
        .train(model, texts, directory.resolve("trained"));
    double sum = 0;
    PretrainedModel trained = PretrainedModel.open(directory.resolve("trained"));
    try (PreferenceScorer scorer =
        PreferenceScorer.open(
            Backends.scoring(), trained, new ScoringOptions(run.config().session(), null))) {
      for (ExampleScore score : scorer.score(texts)) {
        sum += score.completions().stream().mapToDouble(c -> c.logProb()).sum();
      }
    }
    return sum;
  }
}
