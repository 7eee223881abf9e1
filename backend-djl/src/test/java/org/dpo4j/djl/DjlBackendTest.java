package org.dpo4j.djl;

import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.testkit.TrainingBackendContract;

class DjlBackendTest extends TrainingBackendContract {
  @Override
  protected TrainingBackend backend() {
    return new DjlBackend();
  }

  @Override
  protected double tolerance() {
    return 3e-5; // float32
  }
}
