package org.dpo4j.backend;

import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;

/** An engine that tells the log-probs of completion tokens. */
public interface ScoringBackend extends BackendProvider {
  /**
   * Opens a session; the weights are read before this returns.
   *
   * @throws org.dpo4j.service.InputException where the device isn't there or the weights don't fit
   */
  ScoringSession openScoring(CausalTransformer model, WeightSource weights, SessionOptions options);
}
