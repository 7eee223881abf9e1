package org.dpo4j.training;

import java.nio.file.Path;
import java.util.List;
import org.dpo4j.backend.MemoryEstimate;
import org.dpo4j.evaluation.SkippedRow;

/**
 * What a run is about to do.
 *
 * @param rows that are trained on
 * @param skipped the others
 * @param steps of the optimizer, all epochs together
 * @param beta that scales the rewards
 * @param memory what the run is planned to take
 * @param output where the result goes
 */
public record TrainingPlan(
    int rows,
    List<SkippedRow> skipped,
    long steps,
    double beta,
    TrainingConfig config,
    MemoryEstimate memory,
    Path output) {
  public TrainingPlan {
    skipped = List.copyOf(skipped);
  }
}
