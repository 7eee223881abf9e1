package org.dpo4j.testkit;

import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;

/**
 * A training backend in plain Java and double precision: slow, exact, without anything native. For
 * tests of what uses a backend, and to compare other backends with.
 */
public final class PlainBackend implements TrainingBackend {
  @Override
  public String name() {
    return "plain";
  }

  @Override
  public String description() {
    return "plain Java, double precision";
  }

  @Override
  public ScoringSession openScoring(
      CausalTransformer model, WeightSource weights, SessionOptions options) {
    return openTraining(model, weights, options, OptimizerOptions.defaults());
  }

  @Override
  public TrainingSession openTraining(
      CausalTransformer model,
      WeightSource weights,
      SessionOptions options,
      OptimizerOptions optimizer) {
    return new PlainSession(model, weights, optimizer);
  }
}
