package org.dpo4j.tensorflow;

import org.dpo4j.backend.Device;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.backend.TrainingMemory;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.service.InputException;

/** Trains and scores on TensorFlow Java, in graph mode. */
public final class TensorFlowBackend implements TrainingBackend {
  @Override
  public String name() {
    return "tensorflow";
  }

  @Override
  public String description() {
    return "TensorFlow through TensorFlow Java " + TensorFlowRuntime.VERSION;
  }

  @Override
  public ScoringSession openScoring(
      CausalTransformer model, WeightSource weights, SessionOptions options) {
    start(options);
    return new TensorFlowScoringSession(model, weights, options);
  }

  @Override
  public TrainingSession openTraining(
      CausalTransformer model,
      WeightSource weights,
      SessionOptions options,
      OptimizerOptions optimizer) {
    start(options);
    return new TensorFlowTrainingSession(model, weights, options, optimizer);
  }

  @Override
  public TrainingMemory memory(CausalTransformer model, SessionOptions options) {
    return new TensorFlowMemory(model, options);
  }

  private static void start(SessionOptions options) {
    if (options.device().equals(Device.CPU)) {
      TensorFlowRuntime.load();
      return;
    }
    throw new InputException(
        "the device "
            + options.device().name()
            + " is not in this version of the backend tensorflow, expected cpu");
  }
}
