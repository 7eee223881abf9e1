package org.dpo4j.tensorflow;

import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.testkit.RecordedRun;
import org.dpo4j.testkit.TrainingParityContract;

/** From text to the last log-prob, on TensorFlow. */
class TensorFlowTrainingParityTest extends TrainingParityContract {
  @Override
  protected TrainingBackend backend() {
    return new TensorFlowBackend();
  }

  @Override
  protected PreferenceDataset rows(RecordedRun run) {
    return run.texts();
  }
}
