package org.dpo4j.djl;

import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.testkit.RecordedRunContract;

class DjlRecordedRunsTest extends RecordedRunContract {
  @Override
  protected TrainingBackend backend() {
    return new DjlBackend();
  }
}
