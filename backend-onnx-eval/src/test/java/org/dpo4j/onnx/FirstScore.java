package org.dpo4j.onnx;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.evaluation.ExampleScore;
import org.dpo4j.evaluation.PreferenceScorer;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.Prompt;

/**
 * A process of its own: scores one pair of texts and tells how long that took since the JVM
 * started. Argument: a model directory with tokenizer.
 */
final class FirstScore {
  private FirstScore() {}

  public static void main(String[] arguments) {
    PretrainedModel model = PretrainedModel.open(Path.of(arguments[0]));
    PreferenceExample pair =
        PreferenceExample.pair(
            0, Prompt.of("the cat"), Completion.of(" sat"), Completion.of(" ran"));
    try (PreferenceScorer scorer = PreferenceScorer.open(new OnnxBackend(), model)) {
      for (ExampleScore score : scorer.score(PreferenceDataset.of(List.of(pair)))) {
        System.out.println("logps " + score.completions().get(0).logProb());
      }
    }
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    System.out.println("ms since JVM start: " + (System.currentTimeMillis() - started));
  }
}
