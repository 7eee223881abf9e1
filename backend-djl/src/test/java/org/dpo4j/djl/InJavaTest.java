package org.dpo4j.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.backend.Backends;
import org.dpo4j.evaluation.ExampleScore;
import org.dpo4j.evaluation.PreferenceScorer;
import org.dpo4j.loss.SigmoidLoss;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.testkit.RecordedRun;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.TrainingConfig;
import org.dpo4j.training.TrainingReport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The README's Java, as a whole program; the README's snippet is compared with this file. */
class InJavaTest {
  private static final Logger log = LoggerFactory.getLogger(InJavaTest.class);

  @TempDir private Path directory;

  @BeforeEach
  void layDown() throws IOException {
    RecordedRun.model(directory.resolve("model"));
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      rows.add(
          """
          {"prompt": "the old fox", "chosen": " opened the door", "rejected": " lost a lamp"}""");
    }
    Files.write(directory.resolve("pairs.jsonl"), rows);
  }

  @Test
  void trainsAndScores() {
    PretrainedModel model = PretrainedModel.open(directory.resolve("model"));
    PreferenceDataset pairs = PreferenceDataset.open(directory.resolve("pairs.jsonl"));
    TrainingReport report =
        PreferenceTrainer.offline(Backends.training()) // the engine on the class path
            .loss(new SigmoidLoss(0.1))
            .config(TrainingConfig.defaults().withLearningRate(1e-3).withEpochs(1))
            .listener(step -> log.info("{}", step))
            .train(model, pairs, directory.resolve("aligned")); // a HuggingFace directory

    PretrainedModel aligned = PretrainedModel.open(directory.resolve("aligned"));
    try (PreferenceScorer scorer = PreferenceScorer.open(Backends.scoring(), aligned)) {
      for (ExampleScore score : scorer.score(pairs)) { // streamed, in the rows' order
        log.info("row {}: {}", score.row(), score.completions());
      }
    }

    assertEquals(12, report.rows());
    assertEquals(2, report.last().step(), "12 rows in batches of 8");
    assertTrue(report.last().loss() < Math.log(2), "the second step has learnt of the first");
  }
}
