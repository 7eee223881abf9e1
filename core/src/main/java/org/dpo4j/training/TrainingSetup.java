package org.dpo4j.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.PreferenceLoss;
import org.dpo4j.loss.SigmoidLoss;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.jspecify.annotations.Nullable;

/**
 * What a training is made of, step by step; {@link #train} runs it. {@link #cancel} may be called
 * from another thread, all else belongs to one.
 */
public final class TrainingSetup {
  private final PreferenceTrainer trainer;
  private final TrainingBackend backend;
  private @Nullable ScoringBackend referenceBackend;
  private Objective objective = Objective.of(new SigmoidLoss(0.1));
  private TrainingConfig config = TrainingConfig.defaults();
  private @Nullable PreferenceDataset evaluation;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private RunNotes notes = RunNotes.NONE;
  private volatile boolean cancelled;

  TrainingSetup(PreferenceTrainer trainer, TrainingBackend backend) {
    this.trainer = trainer;
    this.backend = backend;
  }

  /** A single loss; without one, DPO's with beta 0.1. */
  public TrainingSetup loss(PreferenceLoss<?> loss) {
    return objective(Objective.of(loss));
  }

  /** A weighted sum of losses; beta is theirs, else 0.1. */
  public TrainingSetup losses(List<Objective.Weighted> weighted) {
    double beta = Objective.beta(weighted.stream().<PreferenceLoss<?>>map(w -> w.loss()).toList());
    return objective(new Objective(weighted, List.of(), beta));
  }

  /** All that is minimised, with the run's beta. */
  public TrainingSetup objective(Objective o) {
    objective = o;
    return this;
  }

  public TrainingSetup config(TrainingConfig c) {
    config = c;
    return this;
  }

  /** Rows to score before and after; they are not trained on. */
  public TrainingSetup evaluation(PreferenceDataset rows) {
    evaluation = rows;
    return this;
  }

  /** Another engine for the reference's log-probs; without one, the training session makes them. */
  public TrainingSetup referenceBackend(ScoringBackend scoring) {
    referenceBackend = scoring;
    return this;
  }

  /** Adds one that watches. */
  public TrainingSetup listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /** What the run's record tells beyond what this setup knows. */
  public TrainingSetup notes(RunNotes n) {
    notes = n;
    return this;
  }

  /** Stops {@link #train} before its next step, for good; from any thread. */
  public void cancel() {
    cancelled = true;
  }

  /**
   * Trains on this thread.
   *
   * @param model the initial policy, and the reference
   * @param output a directory that is not there, is empty, or holds an earlier run that may be
   *     overwritten; becomes a HuggingFace directory, with the run's records in {@code run}
   * @throws org.dpo4j.service.InputException where data, options or directory don't allow it, or
   *     numbers go wrong
   * @throws java.util.concurrent.CancellationException after {@link #cancel}; says what is saved
   */
  public TrainingReport train(PretrainedModel model, PreferenceDataset pairs, Path output) {
    return trainer.train(job(model, pairs, output));
  }

  /**
   * What {@link #train} would write into {@code run/config.yaml}: every option as it is resolved.
   * Trains nothing and writes nothing.
   */
  public String resolved(PretrainedModel model, PreferenceDataset pairs, Path output) {
    return RunConfig.of(job(model, pairs, output));
  }

  private TrainingJob job(PretrainedModel model, PreferenceDataset pairs, Path output) {
    return new TrainingJob(
        backend,
        referenceBackend,
        objective,
        config,
        model,
        pairs,
        evaluation,
        output,
        Listeners.of(listeners),
        () -> cancelled,
        notes);
  }
}
