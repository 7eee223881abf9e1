package org.dpo4j.backend;

import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;

/** An engine that trains. */
public interface TrainingBackend extends ScoringBackend {
  /** Opens a session whose parameters are all trained; the weights are read before this returns. */
  TrainingSession openTraining(
      CausalTransformer model,
      WeightSource weights,
      SessionOptions options,
      OptimizerOptions optimizer);

  /** What a training session of that model takes of memory. */
  TrainingMemory memory(CausalTransformer model, SessionOptions options);
}
