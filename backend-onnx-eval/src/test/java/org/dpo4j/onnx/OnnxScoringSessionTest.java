package org.dpo4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.BatchParts;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

/** A batch in parts, and on more threads, gives what it gives as a whole on one. */
class OnnxScoringSessionTest {
  private static final Set<HeadStatistic> ALL = Set.of(HeadStatistic.values());

  private final CausalTransformer model = TestModels.llama();
  private final WeightSource weights = TestModels.weights(7);
  private final Batch batch = model.batch(examples());

  /** Of many lengths, some without a prompt, some with a prompt of others. */
  private List<TokenizedExample> examples() {
    List<TokenizedExample> all = new ArrayList<>(new TestExamples(3, model.vocabulary()).mixed());
    all.addAll(new TestExamples(3, model.vocabulary()).mixed());
    TestExamples more = new TestExamples(5, model.vocabulary());
    for (int n = 1; n < 12; n++) all.add(more.example(n, 13 - n, n));
    return all;
  }

  private TokenScores score(int threads, int partTokens) {
    try (ScoringSession session =
        new OnnxScoringSession(
            model, weights, SessionOptions.defaults().withThreads(threads), partTokens)) {
      TokenScores scores = session.score(batch, ALL);
      assertEqual(scores, session.score(batch, ALL), 0);
      assertArrayEquals(scores.logProbs(), session.score(batch, Set.of()).logProbs(), 1e-5);
      return scores;
    }
  }

  private static void assertEqual(TokenScores expected, TokenScores scores, double tolerance) {
    assertArrayEquals(expected.logProbs(), scores.logProbs(), tolerance);
    assertEquals(ALL, scores.statistics().keySet());
    for (HeadStatistic s : ALL) {
      assertArrayEquals(expected.statistics().get(s), scores.statistics().get(s), tolerance);
    }
  }

  @Test
  void partsAndThreadsGiveTheWhole() {
    TokenScores whole = score(1, Integer.MAX_VALUE);
    try (ScoringSession plain =
        new PlainBackend().openScoring(model, weights, SessionOptions.defaults())) {
      assertEqual(plain.score(batch, ALL), whole, 2e-4);
    }
    assertTrue(BatchParts.alike(batch, 20).size() > 3);
    for (int partTokens : new int[] {1, 20, 50}) {
      for (int threads : new int[] {1, 2, 3}) {
        assertEqual(whole, score(threads, partTokens), 1e-5);
      }
    }
  }

  @Test
  void withoutFastPathsABatchIsOnePart() {
    SessionOptions options = SessionOptions.defaults().withFastPaths(false);
    try (ScoringSession plain = new OnnxBackend().openScoring(model, weights, options)) {
      assertEqual(score(options.threads(), Integer.MAX_VALUE), plain.score(batch, ALL), 0);
      assertTrue(plain.batchTokens() <= 2048);
    }
  }

  /** Prompts and completions of several tiles each, some of one query more than a tile has. */
  @Test
  void smallTilesGiveWhatWholeSegmentsGive() {
    TestExamples make = new TestExamples(6, model.vocabulary());
    Batch lengthy =
        model.batch(
            List.of(make.example(100, 151, 70), make.example(65, 2, 66), make.example(1, 129)));
    TokenScores expected;
    try (ScoringSession plain =
        new PlainBackend().openScoring(model, weights, SessionOptions.defaults())) {
      expected = plain.score(lengthy, ALL);
    }
    for (boolean fastPaths : new boolean[] {true, false}) {
      SessionOptions options = SessionOptions.defaults().withFastPaths(fastPaths);
      try (ScoringSession session = new OnnxBackend().openScoring(model, weights, options)) {
        assertEqual(expected, session.score(lengthy, ALL), 2e-4);
      }
    }
  }

  @Test
  void aBatchHasRoomForSeveralParts() {
    for (int threads : new int[] {1, 2}) {
      try (ScoringSession session =
          new OnnxBackend()
              .openScoring(model, weights, SessionOptions.defaults().withThreads(threads))) {
        assertEquals(4096 * threads, session.batchTokens());
      }
    }
  }
}
