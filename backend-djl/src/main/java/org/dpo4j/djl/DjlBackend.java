package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
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

/** PyTorch through DJL: scores and trains, on the CPU, in float32. */
public final class DjlBackend implements TrainingBackend {
  /** For ServiceLoader. */
  public DjlBackend() {}

  @Override
  public String name() {
    return "djl";
  }

  @Override
  public String description() {
    return "PyTorch " + PyTorchEngine.PYTORCH_VERSION + " through DJL " + PyTorchEngine.DJL_VERSION;
  }

  @Override
  public ScoringSession openScoring(
      CausalTransformer model, WeightSource weights, SessionOptions options) {
    return new DjlScoringSession(
        model, weights, options, type(options), DjlScoringSession.HEAD_CHUNK);
  }

  @Override
  public TrainingSession openTraining(
      CausalTransformer model,
      WeightSource weights,
      SessionOptions options,
      OptimizerOptions optimizer) {
    return new DjlTrainingSession(
        model, weights, options, optimizer, type(options), DjlScoringSession.HEAD_CHUNK);
  }

  @Override
  public TrainingMemory memory(CausalTransformer model, SessionOptions options) {
    return new DjlMemory(model, options, type(options), DjlScoringSession.HEAD_CHUNK);
  }

  private static DataType type(SessionOptions options) {
    if (!options.device().equals(Device.CPU)) {
      throw new InputException(
          "device "
              + options.device().name()
              + " is not in this version: djl computes on "
              + Device.CPU.name());
    }
    return switch (options.precision()) {
      case FLOAT32 -> DataType.FLOAT32;
    };
  }
}
