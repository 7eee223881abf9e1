package org.dpo4j.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

/** Threads that take small parts of a batch one after another give what it gives as a whole. */
class DjlScoringSessionTest {
  private static final Set<HeadStatistic> ALL = Set.of(HeadStatistic.values());

  private final CausalTransformer model = TestModels.llama();

  private TokenScores score(SessionOptions options, Batch batch) {
    try (ScoringSession session =
        new DjlBackend().openScoring(model, TestModels.weights(7), options)) {
      TokenScores scores = session.score(batch, ALL);
      assertArrayEquals(scores.logProbs(), session.score(batch, Set.of()).logProbs());
      return scores;
    }
  }

  @Test
  void partsGiveTheWhole() {
    List<TokenizedExample> rows = new ArrayList<>();
    TestExamples random = new TestExamples(5, model.vocabulary());
    for (int n = 0; n < 130; n++) rows.add(random.example(1 + n % 20, 1 + n % 7, 20 - n % 11));
    Batch batch = model.batch(rows);
    assertTrue(batch.layout().length(Axis.TOKENS) > 3 * 1024, "several parts for each thread");
    TokenScores whole = score(SessionOptions.defaults().withFastPaths(false), batch);
    for (int threads : new int[] {1, 2, 3}) {
      TokenScores parts = score(SessionOptions.defaults().withThreads(threads), batch);
      assertArrayEquals(whole.logProbs(), parts.logProbs(), 5e-5);
      assertEquals(ALL, parts.statistics().keySet());
      for (HeadStatistic s : ALL) {
        assertArrayEquals(whole.statistics().get(s), parts.statistics().get(s), 5e-5, s.name());
      }
    }
  }

  @Test
  void aBatchHasRoomForSeveralParts() {
    for (int threads : new int[] {1, 2}) {
      SessionOptions options = SessionOptions.defaults().withThreads(threads);
      try (ScoringSession session =
              new DjlBackend().openScoring(model, TestModels.weights(7), options);
          ScoringSession plain =
              new DjlBackend()
                  .openScoring(model, TestModels.weights(7), options.withFastPaths(false))) {
        assertEquals(4096 * threads, session.batchTokens());
        assertTrue(plain.batchTokens() <= 2048);
      }
    }
  }
}
