package org.dpo4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.model.WeightSource;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.Content;
import org.dpo4j.preference.OnBadRecord;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.preference.Prompt;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.service.InputException;
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.testkit.RecordedRun;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.dpo4j.tokenization.Truncation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferenceScorerTest {
  @TempDir private Path directory;
  private PretrainedModel model;

  @BeforeEach
  void layTheModelDown() {
    model = PretrainedModel.open(RecordedRun.model(directory.resolve("model")));
  }

  private List<ExampleScore> score(PreferenceDataset data, ScoringOptions options) {
    List<ExampleScore> scores = new ArrayList<>();
    try (PreferenceScorer scorer = PreferenceScorer.open(new PlainBackend(), model, options)) {
      scorer.score(data).forEach(scores::add);
    }
    return scores;
  }

  private static ScoringOptions keepStart(int maxLength) {
    return ScoringOptions.defaults()
        .withTruncation(new Truncation(Truncation.Mode.KEEP_START, maxLength));
  }

  /** Pairs of many lengths: some 5,000 tokens, more than one batch. */
  private static List<PreferenceExample> pairs(int n) {
    Random random = new Random(11);
    List<PreferenceExample> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      rows.add(
          PreferenceExample.pair(
              i,
              Prompt.of(ids(random, 1 + random.nextInt(30))),
              Completion.of(ids(random, 1 + random.nextInt(30))),
              Completion.of(ids(random, 1 + random.nextInt(30)))));
    }
    return rows;
  }

  private static TokenIds ids(Random random, int length) {
    return TokenIds.of(random.ints(length, 3, 35).toArray());
  }

  @Test
  void rowsComeInTheirOrderWhateverTheBatches() {
    List<PreferenceExample> rows = pairs(120);
    List<ExampleScore> scores = score(PreferenceDataset.of(rows), ScoringOptions.defaults());
    assertEquals(120, scores.size());
    try (ScoringSession session =
        new PlainBackend()
            .openScoring(model.transformer(), model.weights(), SessionOptions.defaults())) {
      for (int i = 0; i < 120; i++) {
        double[] alone = alone(session, rows.get(i));
        ExampleScore score = scores.get(i);
        assertEquals(i, score.row());
        assertNull(score.skipped());
        CompletionScore chosen = score.completions().get(0);
        assertEquals(tokens(rows.get(i), 0).size(), chosen.tokens());
        double[] ofChosen = Arrays.copyOf(alone, chosen.tokens());
        assertArrayEquals(ofChosen, chosen.tokenLogProbs(), 1e-12);
        assertEquals(Arrays.stream(ofChosen).sum(), chosen.logProb(), 1e-12);
        double[] ofRejected = Arrays.copyOfRange(alone, chosen.tokens(), alone.length);
        assertArrayEquals(ofRejected, score.completions().get(1).tokenLogProbs(), 1e-12);
      }
    }
  }

  /** A row that doesn't fit is not scored on its own: it begins the next batch. */
  @Test
  void batchesAreFull() {
    List<Integer> tokens = new ArrayList<>();
    ScoringBackend watched =
        new ScoringBackend() {
          @Override
          public String name() {
            return "watched";
          }

          @Override
          public String description() {
            return "plain, watched";
          }

          @Override
          public ScoringSession openScoring(
              CausalTransformer transformer, WeightSource weights, SessionOptions options) {
            return watched(new PlainBackend().openScoring(transformer, weights, options), tokens);
          }
        };
    try (PreferenceScorer scorer = PreferenceScorer.open(watched, model)) {
      int rows = 0;
      for (ExampleScore score : scorer.score(PreferenceDataset.of(pairs(120)))) {
        assertEquals(rows++, score.row());
      }
      assertEquals(120, rows);
    }
    int longest = 30 + 2 * 29;
    assertTrue(tokens.size() > 5);
    for (int batch : tokens.subList(0, tokens.size() - 1)) {
      assertTrue(batch <= 700 && batch > 700 - longest, tokens.toString());
    }
  }

  /** Wants 700 tokens at once, and notes how many there are. */
  private static ScoringSession watched(ScoringSession session, List<Integer> tokens) {
    return new ScoringSession() {
      @Override
      public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
        tokens.add(batch.layout().length(Axis.TOKENS));
        return session.score(batch, wanted);
      }

      @Override
      public int batchTokens() {
        return 700;
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }

  private double[] alone(ScoringSession session, PreferenceExample row) {
    TokenIds prompt = ((Content.Tokens) row.prompt().content()).ids();
    TokenizedExample example =
        new TokenizedExample(
            row.row(),
            List.of(
                new TokenizedCompletion(prompt, tokens(row, 0)),
                new TokenizedCompletion(prompt, tokens(row, 1))),
            row.judgement(),
            Map.of());
    return session.score(model.transformer().batch(List.of(example)), Set.of()).logProbs();
  }

  private static TokenIds tokens(PreferenceExample row, int completion) {
    return ((Content.Tokens) row.completions().get(completion).content()).ids();
  }

  @Test
  void aFirstTokenWithoutPredecessorIsCountedButNotScored() {
    PreferenceDataset data =
        PreferenceDataset.of(
            List.of(
                PreferenceExample.pair(
                    0,
                    Prompt.of(TokenIds.EMPTY),
                    Completion.of(TokenIds.of(4)),
                    Completion.of(TokenIds.of(4, 5)))));
    ExampleScore score = score(data, ScoringOptions.defaults()).get(0);
    assertEquals(1, score.completions().get(0).tokens());
    assertEquals(0, score.completions().get(0).logProb());
    assertEquals(2, score.completions().get(1).tokens());
    assertEquals(1, score.completions().get(1).tokenLogProbs().length);
  }

  @Test
  void aRowPastTheContextIsAnErrorUnlessItIsCut() {
    Random random = new Random(1);
    PreferenceDataset data =
        PreferenceDataset.of(
            List.of(
                pairs(1).get(0),
                PreferenceExample.pair(
                    1,
                    Prompt.of(ids(random, 40)),
                    Completion.of(ids(random, 25)),
                    Completion.of(ids(random, 1)))));
    InputException e =
        assertThrows(InputException.class, () -> score(data, ScoringOptions.defaults()));
    assertTrue(e.getMessage().startsWith("Row 1 has 65 tokens"), e.getMessage());
    assertThrows(InputException.class, () -> score(data, keepStart(65)));
    assertEquals(24, score(data, keepStart(64)).get(1).completions().get(0).tokens());
  }

  @Test
  void rowsThatAreSkippedKeepTheirPlace() throws IOException {
    Path file = directory.resolve("pairs.jsonl");
    Files.writeString(
        file,
        """
        {"prompt_ids": [3, 4], "chosen_ids": [5], "rejected_ids": [6]}
        no JSON
        {"prompt_ids": [3, 4, 5, 6, 7, 8], "chosen_ids": [5], "rejected_ids": [6]}
        {"prompt_ids": [3], "chosen_ids": [5], "rejected_ids": [7]}
        """);
    List<ExampleScore> scores = score(PreferenceDataset.open(file, OnBadRecord.SKIP), keepStart(6));
    assertEquals(List.of(0L, 1L, 2L, 3L), scores.stream().map(ExampleScore::row).toList());
    assertNull(scores.get(0).skipped());
    assertTrue(scores.get(1).skipped().contains("pairs.jsonl:2"), scores.get(1).skipped());
    assertTrue(scores.get(2).skipped().contains("max_length"), scores.get(2).skipped());
    assertEquals(2, scores.get(3).completions().size());
  }

  @Test
  void anIterationThatIsLeftIsClosedWithTheScorer() {
    AtomicBoolean closed = new AtomicBoolean();
    PreferenceDataset data =
        new PreferenceDataset() {
          @Override
          public String name() {
            return "watched";
          }

          @Override
          public Stream<PreferenceRow> rows() {
            return PreferenceDataset.of(pairs(200)).rows().onClose(() -> closed.set(true));
          }
        };
    try (PreferenceScorer scorer = PreferenceScorer.open(new PlainBackend(), model)) {
      Iterator<ExampleScore> scores = scorer.score(data).iterator();
      assertEquals(0, scores.next().row());
      assertFalse(closed.get());
    }
    assertTrue(closed.get());
  }
}
