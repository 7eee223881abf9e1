package org.dpo4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.model.WeightSource;
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.testkit.RecordedExamples;
import org.dpo4j.testkit.Shared;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small Llamas with every rotation, as transformers computed them in double precision. */
class OnnxGoldenModelsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"llama", "llama-tied-llama3", "llama-linear-bias", "llama-dynamic", "llama-yarn"})
  void tokenLogProbsAreTransformers(String name) throws IOException {
    Path directory = Shared.path("golden/models/" + name);
    RecordedExamples recorded = RecordedExamples.read(directory.resolve("expected.json"));
    PretrainedModel model = PretrainedModel.open(directory);
    WeightSource fromFile = model.weights();
    WeightSource fromMemory = (parameter, blocks) -> fromFile.read(parameter, blocks);
    for (WeightSource weights : new WeightSource[] {fromFile, fromMemory}) {
      try (ScoringSession session =
              new OnnxBackend()
                  .openScoring(model.transformer(), weights, SessionOptions.defaults());
          ScoringSession plain =
              new PlainBackend()
                  .openScoring(model.transformer(), weights, SessionOptions.defaults())) {
        var batch = model.transformer().batch(recorded.examples());
        double[] logProbs = session.score(batch, Set.of()).logProbs();
        assertEquals(recorded.tokenLogProbs().length, logProbs.length);
        for (int i = 0; i < logProbs.length; i++) {
          assertEquals(recorded.tokenLogProbs()[i], logProbs[i], 2e-4, "prediction " + i);
        }
        Set<HeadStatistic> all = Set.of(HeadStatistic.values());
        TokenScores told = session.score(batch, all);
        TokenScores expected = plain.score(batch, all);
        for (HeadStatistic s : all) {
          for (int i = 0; i < logProbs.length; i++) {
            assertEquals(
                expected.statistics().get(s)[i], told.statistics().get(s)[i], 2e-4, s + " " + i);
          }
        }
      }
    }
  }
}
