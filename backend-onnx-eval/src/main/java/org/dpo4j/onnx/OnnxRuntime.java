package org.dpo4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import org.dpo4j.service.InputException;

/** The runtime of this process. */
final class OnnxRuntime {
  private OnnxRuntime() {}

  /** There is one in a process; it outlives all sessions. */
  static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "dpo4j");
  }

  /** What the runtime says when it doesn't take a model. */
  static InputException refused(OrtException e) {
    return new InputException(
        "ONNX Runtime "
            + OrtEnvironment.class.getPackage().getImplementationVersion()
            + " does not take the model: "
            + e.getMessage(),
        e);
  }
}
