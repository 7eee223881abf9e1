package org.dpo4j.djl;

import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.testkit.RecordedRun;
import org.dpo4j.testkit.TrainingParityContract;

/** From text to the last log-prob, on PyTorch. */
class DjlTrainingParityTest extends TrainingParityContract {
  @Override
  protected TrainingBackend backend() {
    return new DjlBackend();
  }

  @Override
  protected PreferenceDataset rows(RecordedRun run) {
    return run.texts();
  }
}
