package org.dpo4j.testkit;

import org.dpo4j.backend.TrainingBackend;

/** In double precision, from token ids: what differs from TRL here differs in the mathematics. */
class PlainTrainingParityTest extends TrainingParityContract {
  @Override
  protected TrainingBackend backend() {
    return new PlainBackend();
  }
}
