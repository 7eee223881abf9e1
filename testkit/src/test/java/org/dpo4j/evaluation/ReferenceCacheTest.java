package org.dpo4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.model.ModelCard;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.model.WeightFormat;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.testkit.RecordedRun;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reference log-probs that were kept: never of anything else, never silently wrong. */
class ReferenceCacheTest {
  private static final SessionOptions OPTIONS = SessionOptions.defaults().withThreads(1);

  @TempDir private Path directory;
  private final ScoringBackend backend = new PlainBackend();
  private final List<TokenizedExample> examples = new TestExamples(4, 35).mixed();
  private PretrainedModel model;
  private Path kept;
  private int computed;

  @BeforeEach
  void layTheModelDown() {
    model = PretrainedModel.open(RecordedRun.model(directory.resolve("model")));
    kept = directory.resolve("cache");
  }

  private ReferenceScores get(PretrainedModel reference, List<TokenizedExample> rows) {
    return new ReferenceCache(kept)
        .get(
            ReferenceFingerprint.of(reference, backend, OPTIONS, rows),
            rows,
            () -> compute(reference, rows));
  }

  private ReferenceScores compute(PretrainedModel reference, List<TokenizedExample> rows) {
    computed++;
    try (ScoringSession session =
        backend.openScoring(reference.transformer(), reference.weights(), OPTIONS)) {
      return ReferenceScores.compute(
          rows, new ExampleScorer(session, reference.transformer()), done -> {});
    }
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(kept)) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void aSecondTimeTheyComeFromTheCacheToTheBit() {
    double[] first = get(model, examples).tokenLogProbs(examples);
    double[] second = get(model, examples).tokenLogProbs(examples);
    assertEquals(1, computed);
    assertArrayEquals(first, second);
  }

  @Test
  void floatsAreKeptAsFloatsAndDoublesAsDoubles() {
    ReferenceScores scores = new ReferenceScores();
    scores.put(0, new double[] {-0.5, -1.25f, (float) -0.1});
    scores.put(1, new double[] {-0.5, -0.1});
    assertTrue(scores.narrow(0));
    assertEquals((float) -0.1, scores.tokenLogProbs(0)[2]);
    assertEquals(-0.1, scores.tokenLogProbs(1)[1]);
  }

  @Test
  void anotherModelHasAnotherReference() {
    PretrainedModel other = otherWeights();
    double[] ofModel = get(model, examples).tokenLogProbs(examples);
    double[] ofOther = get(other, examples).tokenLogProbs(examples);
    assertEquals(2, computed);
    assertNotEquals(ofModel[0], ofOther[0]);
    assertArrayEquals(ofModel, get(model, examples).tokenLogProbs(examples));
    assertEquals(2, computed, "both are kept");
  }

  /** The same architecture and files, one weight moved a little. */
  private PretrainedModel otherWeights() {
    try (TrainingSession session =
        new PlainBackend()
            .openTraining(
                model.transformer(), model.weights(), OPTIONS, OptimizerOptions.defaults())) {
      Parameter parameter =
          model.transformer().parameters().stream()
              .filter(p -> p.name().equals("lm_head.weight"))
              .findFirst()
              .orElseThrow();
      double[] values = TestModels.numbers(parameter, model.weights());
      session.write(
          TrainingSession.Kind.WEIGHT,
          parameter,
          (p, blocks) -> {
            FloatBuffer rows = FloatBuffer.allocate(values.length);
            for (double v : values) rows.put((float) v);
            rows.put(40, (float) values[40] + 1e-3f);
            blocks.accept(0, rows.flip());
          });
      Path other = directory.resolve("other");
      model
          .writer()
          .write(
              other,
              session.weights(),
              WeightFormat.FLOAT32,
              new ModelCard("t", null, List.of(), "", Map.of()));
      return PretrainedModel.open(other);
    }
  }

  @Test
  void otherRowsHaveTheirOwn() {
    get(model, examples);
    List<TokenizedExample> fewer = examples.subList(1, examples.size());
    assertEquals(
        fewer.stream().mapToInt(TokenizedExample::predictions).sum(),
        get(model, fewer).tokenLogProbs(fewer).length);
    assertEquals(2, computed);
  }

  @Test
  void otherIdsOfTheSameLengthHaveAnotherFingerprint() {
    List<TokenizedExample> other = new TestExamples(5, 35).mixed();
    assertNotEquals(
        ReferenceFingerprint.of(model, backend, OPTIONS, examples),
        ReferenceFingerprint.of(model, backend, OPTIONS, other));
    assertNotEquals(
        ReferenceFingerprint.of(model, backend, OPTIONS, examples),
        ReferenceFingerprint.of(model, backend, OPTIONS.withThreads(2), examples));
  }

  /** One byte turned over: in the magic, the fingerprint, a log-prob, the checksum. */
  @ParameterizedTest
  @ValueSource(ints = {3, 40, 200, -1})
  void aDamagedFileIsComputedAnewAndMended(int place) throws IOException {
    double[] right = get(model, examples).tokenLogProbs(examples);
    byte[] bytes = Files.readAllBytes(file());
    bytes[Math.floorMod(place, bytes.length)] ^= 4;
    Files.write(file(), bytes);
    assertArrayEquals(right, get(model, examples).tokenLogProbs(examples));
    assertEquals(2, computed);
    get(model, examples);
    assertEquals(2, computed, "it was mended");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20, 300})
  void aTruncatedFileIsComputedAnew(int length) throws IOException {
    get(model, examples);
    Files.write(file(), Arrays.copyOf(Files.readAllBytes(file()), length));
    get(model, examples);
    assertEquals(2, computed);
  }

  @Test
  void aFileThatBearsAnothersNameIsNotTaken() throws IOException {
    get(model, examples);
    Path first = file();
    byte[] ofExamples = Files.readAllBytes(first);
    Files.delete(first);
    List<TokenizedExample> other = new TestExamples(5, 35).mixed();
    double[] right = get(model, other).tokenLogProbs(other);
    Files.write(file(), ofExamples);
    assertArrayEquals(right, get(model, other).tokenLogProbs(other));
    assertEquals(3, computed);
  }

  @Test
  void aDirectoryThatCannotBeWrittenCostsNothingElse() throws IOException {
    Files.writeString(kept, "a file, no directory");
    get(model, examples);
    get(model, examples);
    assertEquals(2, computed);
  }
}
