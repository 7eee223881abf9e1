package org.dpo4j.training;

import java.io.IOException;
import java.nio.file.Path;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.testkit.RecordedRun;
import org.dpo4j.testkit.RecordedRunContract;
import org.dpo4j.testkit.Shared;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainRecordedRunsTest extends RecordedRunContract {
  @Override
  protected TrainingBackend backend() {
    return new PlainBackend();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dropped", "keep-end-ipo"})
  void followsTrlOnALargerModel(String name, @TempDir Path directory) throws IOException {
    followShared(name, directory);
  }

  @ParameterizedTest
  @Tag("full")
  @ValueSource(
      strings = {
        "sigmoid-full",
        "sigmoid-cosine-truncated",
        "sigmoid-long",
        "sigmoid-shuffled",
        "robust",
        "ipo",
        "hinge",
        "sft",
        "sft-accumulated",
        "rpo",
        "keep-end"
      })
  void followsTrlForLonger(String name, @TempDir Path directory) throws IOException {
    followShared(name, directory);
  }

  private void followShared(String name, Path directory) throws IOException {
    follow(RecordedRun.shared(name), Shared.path("data/models/stories260K-hf"), directory);
  }
}
