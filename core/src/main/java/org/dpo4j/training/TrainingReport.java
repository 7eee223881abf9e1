package org.dpo4j.training;

import java.nio.file.Path;
import java.util.List;
import org.dpo4j.evaluation.PolicyComparison;
import org.dpo4j.evaluation.SkippedRow;
import org.jspecify.annotations.Nullable;

/**
 * A run that is done and saved: numbers only.
 *
 * @param output the directory that holds the result
 * @param rows that were trained on
 * @param skipped the others
 * @param last the last optimizer step
 * @param meanLoss over all optimizer steps
 * @param seconds of all steps together
 * @param tokens that were laid down for all steps
 * @param comparison of the policy before and after on the evaluation rows; null without these
 * @param rounding what a narrower format of the weights costs; null where they are float32
 */
public record TrainingReport(
    Path output,
    int rows,
    List<SkippedRow> skipped,
    StepReport last,
    double meanLoss,
    double seconds,
    long tokens,
    @Nullable PolicyComparison comparison,
    @Nullable RoundingEffect rounding) {
  public TrainingReport {
    skipped = List.copyOf(skipped);
  }
}
