package org.dpo4j.evaluation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.stream.Stream;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.tokenization.DroppedExample;
import org.dpo4j.tokenization.TokenizedExample;
import org.dpo4j.tokenization.TokenizedRow;
import org.jspecify.annotations.Nullable;

/**
 * Scores preferences by a policy: tokenizes, plans batches, sums. Confined to one thread; whoever
 * opens it closes it.
 */
public final class PreferenceScorer implements AutoCloseable {
  private final RowTokenizer tokenizer;
  private final ScoringSession session;
  private final ExampleScorer scorer;
  private final List<Stream<PreferenceRow>> open = new ArrayList<>();

  private PreferenceScorer(RowTokenizer tokenizer, ScoringSession session, ExampleScorer scorer) {
    this.tokenizer = tokenizer;
    this.session = session;
    this.scorer = scorer;
  }

  /** Opens with {@link ScoringOptions#defaults}. */
  public static PreferenceScorer open(ScoringBackend backend, PretrainedModel policy) {
    return open(backend, policy, ScoringOptions.defaults());
  }

  /**
   * Opens a session of the policy.
   *
   * @throws org.dpo4j.service.InputException where the device isn't there or the weights don't fit
   */
  public static PreferenceScorer open(
      ScoringBackend backend, PretrainedModel policy, ScoringOptions options) {
    RowTokenizer tokenizer = RowTokenizer.open(policy, options.truncation());
    ScoringSession session =
        backend.openScoring(policy.transformer(), policy.weights(), options.session());
    return new PreferenceScorer(
        tokenizer, session, new ExampleScorer(session, policy.transformer()));
  }

  /**
   * The scores, streamed in the rows' order; each iteration reads and scores anew. A bad record of
   * a data set that skips them, and a row that the truncation drops, leave a score that says why.
   *
   * @throws org.dpo4j.service.InputException while it is iterated: where a row can't be read, or is
   *     past the model's context
   */
  public Iterable<ExampleScore> score(PreferenceDataset preferences) {
    return () -> new Scores(preferences.rows());
  }

  @Override
  public void close() {
    open.forEach(Stream::close);
    tokenizer.close();
    session.close();
  }

  /** Reads rows until they fill a batch, scores that, and hands out its rows. */
  private final class Scores implements Iterator<ExampleScore> {
    private final Stream<PreferenceRow> stream;
    private final Iterator<PreferenceRow> rows;
    private final Queue<ExampleScore> scored = new ArrayDeque<>();

    /** Read, but too large for the batch before. */
    private @Nullable TokenizedRow next;

    Scores(Stream<PreferenceRow> stream) {
      this.stream = stream;
      open.add(stream);
      rows = stream.iterator();
    }

    @Override
    public boolean hasNext() {
      if (scored.isEmpty()) scoreBatch();
      return !scored.isEmpty();
    }

    @Override
    public ExampleScore next() {
      if (!hasNext()) throw new NoSuchElementException();
      return scored.remove();
    }

    private void scoreBatch() {
      List<TokenizedRow> batch = new ArrayList<>();
      int tokens = 0;
      while (next != null || rows.hasNext()) {
        TokenizedRow row = next == null ? tokenizer.tokenize(rows.next()) : next;
        // one that is left out counts a little, so that a file of them is not one batch
        tokens += row instanceof TokenizedExample example ? BatchPlanner.tokens(example) : 1;
        // here it would be a batch of its own, and a small one is slow
        next = !batch.isEmpty() && tokens > scorer.batchTokens() ? row : null;
        if (next != null) break;
        batch.add(row);
      }
      List<TokenizedExample> examples =
          batch.stream()
              .filter(TokenizedExample.class::isInstance)
              .map(TokenizedExample.class::cast)
              .toList();
      List<ExampleScore> scores = new ArrayList<>();
      scorer.score(examples, (example, logProbs) -> scores.add(ExampleScore.of(example, logProbs)));
      Iterator<ExampleScore> inOrder = scores.iterator();
      for (TokenizedRow row : batch) {
        scored.add(
            row instanceof DroppedExample dropped
                ? ExampleScore.skipped(dropped.row(), dropped.reason())
                : inOrder.next());
      }
      if (batch.isEmpty()) {
        stream.close();
        open.remove(stream);
      }
    }
  }
}
