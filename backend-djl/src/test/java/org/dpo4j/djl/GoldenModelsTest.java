package org.dpo4j.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.testkit.RecordedExamples;
import org.dpo4j.testkit.Shared;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small Llamas with every rotation, as transformers computed them in double precision. */
class GoldenModelsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"llama", "llama-tied-llama3", "llama-linear-bias", "llama-dynamic", "llama-yarn"})
  void tokenLogProbsAreTransformers(String name) throws IOException {
    Path directory = Shared.path("golden/models/" + name);
    RecordedExamples recorded = RecordedExamples.read(directory.resolve("expected.json"));
    PretrainedModel model = PretrainedModel.open(directory);
    try (ScoringSession session =
        new DjlBackend()
            .openScoring(model.transformer(), model.weights(), SessionOptions.defaults())) {
      double[] logProbs =
          session.score(model.transformer().batch(recorded.examples()), Set.of()).logProbs();
      assertEquals(recorded.tokenLogProbs().length, logProbs.length);
      for (int i = 0; i < logProbs.length; i++) {
        assertEquals(recorded.tokenLogProbs()[i], logProbs[i], 2e-5, "prediction " + i);
      }
    }
  }
}
