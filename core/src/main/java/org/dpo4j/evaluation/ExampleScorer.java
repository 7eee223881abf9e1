package org.dpo4j.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.layout.EqualCompletions;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tokenization.TokenizedExample;

/** Scores examples on an open session, in batches of bounded size. */
public final class ExampleScorer {
  private final ScoringSession session;
  private final CausalTransformer model;

  /** On a session that was opened with this model. */
  public ExampleScorer(ScoringSession session, CausalTransformer model) {
    this.session = session;
    this.model = model;
  }

  /** Tokens of a batch, as the session wants it; an example that is larger is one of its own. */
  int batchTokens() {
    return session.batchTokens();
  }

  /**
   * Scores examples in their order.
   *
   * @param scored is told each example with its token log-probs {@code [predictions]}, completion
   *     after completion; what it throws ends the scoring
   */
  public void score(
      List<TokenizedExample> examples, BiConsumer<TokenizedExample, double[]> scored) {
    for (List<TokenizedExample> batch : BatchPlanner.byTokens(examples, batchTokens())) {
      List<double[]> scores = scoreBatch(batch);
      for (int i = 0; i < scores.size(); i++) scored.accept(batch.get(i), scores.get(i));
    }
  }

  /** Scores examples as one batch: their token log-probs, as {@link #score} tells them. */
  List<double[]> scoreBatch(List<TokenizedExample> batch) {
    return byExample(batch, session.score(model.batch(batch), Set.of()).logProbs());
  }

  /**
   * Scores examples as one batch, in parts of bounded size.
   *
   * @return {@code [predictions]}, in the order of examples, completions and tokens
   */
  TokenScores scoreBatch(List<TokenizedExample> batch, Set<HeadStatistic> wanted) {
    TokenScores scores = TokenScores.NONE;
    for (List<TokenizedExample> part : BatchPlanner.byTokens(batch, batchTokens())) {
      scores = scores.followedBy(session.score(model.batch(part), wanted));
    }
    return scores;
  }

  private static List<double[]> byExample(List<TokenizedExample> batch, double[] logProbs) {
    double[] evened = EqualCompletions.evened(batch, logProbs);
    List<double[]> byExample = new ArrayList<>();
    int from = 0;
    for (TokenizedExample e : batch) {
      byExample.add(Arrays.copyOfRange(evened, from, from += e.predictions()));
    }
    return byExample;
  }

  /** The log-probs of each example's completions, from the token log-probs of all. */
  static List<double[]> sums(List<TokenizedExample> batch, double[] tokenLogProbs) {
    List<double[]> tokens = byExample(batch, tokenLogProbs);
    List<double[]> sums = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) sums.add(sums(batch.get(i), tokens.get(i)));
    return sums;
  }

  /** The log-prob of each completion, {@code [completions]}, from its token log-probs. */
  public static double[] sums(TokenizedExample example, double[] tokenLogProbs) {
    double[] sums = new double[example.completions().size()];
    int t = 0;
    for (int c = 0; c < sums.length; c++) {
      int end = t + example.completions().get(c).predictions();
      for (; t < end; t++) sums[c] += tokenLogProbs[t];
    }
    return sums;
  }
}
