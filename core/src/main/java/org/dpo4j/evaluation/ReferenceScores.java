package org.dpo4j.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.dpo4j.tokenization.TokenizedExample;

/**
 * The reference's log-prob of every scored token of a data set, by row: computed once, held in
 * memory in as few bytes as hold the engine's numbers. Reading a row that isn't there throws.
 */
public final class ReferenceScores {
  /**
   * Log-probs of a row's tokens: {@code float[]} where that loses nothing, else {@code double[]}.
   */
  private final Map<Long, Object> rows = new LinkedHashMap<>();

  ReferenceScores() {}

  /**
   * Scores all examples.
   *
   * @param scorer on a session of the reference
   * @param done is told after each row how many are done; what it throws ends the scoring
   */
  public static ReferenceScores compute(
      List<TokenizedExample> examples, ExampleScorer scorer, IntConsumer done) {
    ReferenceScores scores = new ReferenceScores();
    scorer.score(
        examples,
        (example, tokenLogProbs) -> {
          scores.put(example.row(), tokenLogProbs);
          done.accept(scores.rows.size());
        });
    return scores;
  }

  void put(long row, double[] tokenLogProbs) {
    float[] narrow = new float[tokenLogProbs.length];
    for (int t = 0; t < narrow.length; t++) {
      narrow[t] = (float) tokenLogProbs[t];
      if (narrow[t] != tokenLogProbs[t]) {
        rows.put(row, tokenLogProbs.clone());
        return;
      }
    }
    rows.put(row, narrow);
  }

  /** Rows that are there, in the order in which they came. */
  Iterable<Long> rows() {
    return rows.keySet();
  }

  int size() {
    return rows.size();
  }

  /** {@code [predictions]} of a row, completion after completion. */
  double[] tokenLogProbs(long row) {
    Object values = rows.get(row);
    if (values instanceof double[] wide) return wide.clone();
    if (values instanceof float[] narrow) {
      double[] wide = new double[narrow.length];
      for (int t = 0; t < wide.length; t++) wide[t] = narrow[t];
      return wide;
    }
    throw new IllegalArgumentException("there are no reference log-probs of row " + row);
  }

  /** Whether a row's numbers are kept as floats. */
  boolean narrow(long row) {
    return rows.get(row) instanceof float[];
  }

  /** {@code [predictions]} of examples, one after another, as a layout has them. */
  public double[] tokenLogProbs(List<TokenizedExample> examples) {
    double[] all = new double[examples.stream().mapToInt(TokenizedExample::predictions).sum()];
    int at = 0;
    for (TokenizedExample e : examples) {
      double[] ofRow = tokenLogProbs(e.row());
      if (ofRow.length != e.predictions()) {
        throw new IllegalArgumentException(
            "row %d has %d reference log-probs for %d predictions"
                .formatted(e.row(), ofRow.length, e.predictions()));
      }
      System.arraycopy(ofRow, 0, all, at, ofRow.length);
      at += ofRow.length;
    }
    return all;
  }
}
