package org.dpo4j.training;

import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.loss.Objective;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.jspecify.annotations.Nullable;

/**
 * All that a trainer is told.
 *
 * @param backend that trains
 * @param referenceBackend that scores the reference; null: the training session does, at its
 *     initial weights, so that weights are in memory once
 * @param model the initial policy, which is the reference
 * @param preferences to learn from
 * @param evaluation rows to score before and after; null: none
 * @param output the directory of the result
 * @param listener told of all that happens
 * @param cancelled asked between steps
 * @param notes for the run's record
 */
public record TrainingJob(
    TrainingBackend backend,
    @Nullable ScoringBackend referenceBackend,
    Objective objective,
    TrainingConfig config,
    PretrainedModel model,
    PreferenceDataset preferences,
    @Nullable PreferenceDataset evaluation,
    Path output,
    TrainingListener listener,
    BooleanSupplier cancelled,
    RunNotes notes) {
  /**
   * Ends a cancelled job.
   *
   * @param done so far, for people
   * @throws CancellationException where it was cancelled
   */
  void checkCancelled(String done) {
    if (!cancelled.getAsBoolean()) return;
    throw new CancellationException(
        "Cancelled %s. No model was saved: this version writes one only at the end."
            .formatted(done));
  }
}
