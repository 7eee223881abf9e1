package org.dpo4j.onnx;

import org.dpo4j.backend.Device;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.service.InputException;

/** Scores on ONNX Runtime, straight from a HuggingFace directory or from weights in memory. */
public final class OnnxBackend implements ScoringBackend {
  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public String description() {
    return "ONNX Runtime " + OnnxRuntime.VERSION;
  }

  @Override
  public ScoringSession openScoring(
      CausalTransformer model, WeightSource weights, SessionOptions options) {
    if (!options.device().equals(Device.CPU)) {
      throw new InputException(
          "the device "
              + options.device().name()
              + " is not in this version of the backend onnx, expected cpu");
    }
    return new OnnxScoringSession(model, weights, options);
  }
}
