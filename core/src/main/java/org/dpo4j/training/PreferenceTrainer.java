package org.dpo4j.training;

import java.util.Map;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.service.InputException;
import org.dpo4j.service.NamedServices;

/**
 * A procedure that makes a better policy of preferences: {@code offline} learns from fixed ones.
 *
 * <pre>{@code
 * TrainingReport report = PreferenceTrainer.offline(Backends.training())
 *     .loss(new SigmoidLoss(0.1))
 *     .config(TrainingConfig.defaults().withLearningRate(5e-7).withEpochs(1))
 *     .train(PretrainedModel.open(directory), PreferenceDataset.open(file), output);
 * }</pre>
 */
@FunctionalInterface
public interface PreferenceTrainer {
  /**
   * Trains on the calling thread until the result is written. Opens and closes its own sessions.
   *
   * @throws InputException where data, options or directory don't allow it, or numbers go wrong
   * @throws java.util.concurrent.CancellationException where the job was cancelled
   */
  TrainingReport train(TrainingJob job);

  /** Sets up training from fixed preferences. */
  static TrainingSetup offline(TrainingBackend backend) {
    return new TrainingSetup(new OfflineTrainer(), backend);
  }

  /**
   * Sets up training by the trainer of that name.
   *
   * @throws InputException where it isn't there
   */
  static TrainingSetup named(String name, TrainingBackend backend) {
    return new TrainingSetup(factories().get(name).create(), backend);
  }

  /** The trainers on the class path. */
  static NamedServices<PreferenceTrainerFactory> factories() {
    return NamedServices.of(PreferenceTrainerFactory.class, "trainer", Map.of());
  }
}
