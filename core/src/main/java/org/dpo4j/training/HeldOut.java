package org.dpo4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.evaluation.Estimate;
import org.dpo4j.evaluation.ExampleScorer;
import org.dpo4j.evaluation.PolicyComparison;
import org.dpo4j.evaluation.PolicyMeasures;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.model.WeightFormat;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are scored before training, after it, and, where the written weights are rounded, once
 * more from these: what is compared is what was written.
 */
final class HeldOut {
  /** Training rows that tell what rounding costs where there are no evaluation rows. */
  private static final int SAMPLE = 64;

  private final TrainingJob job;
  private final List<TokenizedExample> rows;
  private final boolean rounded;
  private List<double[]> before = List.of();
  private List<double[]> after = List.of();
  private @Nullable PolicyComparison comparison;
  private @Nullable RoundingEffect rounding;

  private HeldOut(TrainingJob job, List<TokenizedExample> rows, boolean rounded) {
    this.job = job;
    this.rows = rows;
    this.rounded = rounded;
  }

  static HeldOut of(TrainingJob job, TrainingData data) {
    boolean rounded = job.config().outputFormat() != WeightFormat.FLOAT32;
    List<TokenizedExample> rows = data.evaluation();
    if (rows.isEmpty() && rounded) {
      List<TokenizedExample> trained = data.rows().examples();
      rows = trained.subList(0, Math.min(SAMPLE, trained.size()));
    }
    return new HeldOut(job, rows, rounded);
  }

  void scoreBefore(ScoringSession session) {
    before = score(session, "before", () -> job.checkCancelled("before the first step"));
  }

  /** To be called when the result is written: what goes wrong says so. */
  void scoreAfter(ScoringSession session) {
    after = afterWriting(() -> score(session, "after", () -> {}));
  }

  /** Compares, and writes the comparison of evaluation rows. */
  void compare(RunDirectory output) {
    if (rows.isEmpty()) return;
    afterWriting(
        () -> {
          List<double[]> written = rounded ? scoreWritten() : after;
          PolicyComparison ofWritten = compare(before, written);
          if (rounded) {
            rounding =
                new RoundingEffect(
                    rows.size(), learned(compare(before, after)), learned(ofWritten));
          }
          if (job.evaluation() != null) {
            comparison = ofWritten;
            output.write("comparison.json", ofWritten);
            job.listener().evaluation(ofWritten);
          }
          return ofWritten;
        });
  }

  /** Null where there are no evaluation rows. */
  @Nullable PolicyComparison comparison() {
    return comparison;
  }

  /** Null where nothing was rounded. */
  @Nullable RoundingEffect rounding() {
    return rounding;
  }

  private List<double[]> score(ScoringSession session, String when, Runnable check) {
    List<double[]> sums = new ArrayList<>();
    ExampleScorer scorer = new ExampleScorer(session, job.model().transformer());
    for (List<TokenizedExample> batch :
        BatchPlanner.bySize(rows, job.config().evaluationBatchSize())) {
      scorer.score(
          batch,
          (example, tokenLogProbs) -> {
            check.run();
            sums.add(ExampleScorer.sums(example, tokenLogProbs));
            job.listener().scored(when, sums.size(), rows.size());
          });
    }
    return sums;
  }

  private List<double[]> scoreWritten() {
    PretrainedModel written = PretrainedModel.open(job.output());
    try (ScoringSession session =
        job.backend()
            .openScoring(written.transformer(), written.weights(), job.config().session())) {
      return score(session, "as written", () -> {});
    }
  }

  private PolicyComparison compare(List<double[]> first, List<double[]> then) {
    return PolicyComparison.of(rows, first, then, job.objective().beta(), job.config().seed());
  }

  /** By how much the mean margin moved; the mean log-prob where nothing is compared. */
  private static double learned(PolicyComparison comparison) {
    PolicyMeasures change = comparison.change();
    Estimate moved = change.margin() == null ? change.chosen() : change.margin();
    return moved == null ? 0 : moved.mean();
  }

  private <T> T afterWriting(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "The trained model is saved in %s; comparing it failed: %s"
              .formatted(job.output(), e.getMessage()),
          e);
    }
  }
}
