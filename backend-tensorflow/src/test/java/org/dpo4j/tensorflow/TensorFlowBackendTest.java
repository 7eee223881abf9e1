package org.dpo4j.tensorflow;

import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.testkit.TrainingBackendContract;

class TensorFlowBackendTest extends TrainingBackendContract {
  @Override
  protected TrainingBackend backend() {
    return new TensorFlowBackend();
  }

  @Override
  protected double tolerance() {
    return 3e-5; // float32
  }
}
