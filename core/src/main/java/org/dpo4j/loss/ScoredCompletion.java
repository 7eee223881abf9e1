package org.dpo4j.loss;

import java.util.List;
import java.util.function.UnaryOperator;
import org.dpo4j.autodiff.Var;
import org.dpo4j.layout.HeadStatistic;
import org.jspecify.annotations.Nullable;

/**
 * A completion as a loss sees it: the policy's log-probs as {@link Var}s, everything else as plain
 * numbers that no gradient goes through. All log-probs are in nats. Reading what the loss did not
 * declare in its {@link Requirements} throws an IllegalStateException.
 */
public final class ScoredCompletion {
  private final CompletionScores scores;
  private final Var logProb;
  private final double reference;
  private final UnaryOperator<Var> divergence;

  /** Of the loss that looks; null before any loss does. */
  private final @Nullable PreferenceLoss<?> viewer;

  private ScoredCompletion(
      CompletionScores scores,
      Var logProb,
      double reference,
      UnaryOperator<Var> divergence,
      @Nullable PreferenceLoss<?> viewer) {
    this.scores = scores;
    this.logProb = logProb;
    this.reference = reference;
    this.divergence = divergence;
    this.viewer = viewer;
  }

  static ScoredCompletion of(CompletionScores scores) {
    return new ScoredCompletion(
        scores, scores.logProb(), scores.referenceLogProb(), UnaryOperator.identity(), null);
  }

  /** The policy's log-prob of the whole completion: the sum over its tokens. */
  public Var logProb() {
    return logProb;
  }

  /**
   * The policy's log-prob of each scored token, in order: all tokens of the completion, but a first
   * one without predecessor.
   */
  public List<Var> tokenLogProbs() {
    return scores.tokenLogProbs();
  }

  /** The reference's log-prob of the whole completion. */
  public double reference() {
    requireReference();
    return reference;
  }

  /** The reference's log-prob of each scored token; a copy. */
  public double[] referenceTokenLogProbs() {
    requireReference();
    return scores.referenceTokenLogProbs();
  }

  /**
   * {@code u = log policy - log reference}; under another divergence than the reverse KL, {@code
   * f'} of the two's ratio (Wang 2024).
   */
  public Var logRatio() {
    return divergence.apply(logProb.minus(reference()));
  }

  /** {@code logRatio / tokens}. */
  public Var meanLogRatio() {
    return logRatio().dividedBy(tokens());
  }

  /** {@code logProb / tokens}. */
  public Var meanLogProb() {
    return logProb.dividedBy(tokens());
  }

  /** How many tokens the completion has, a first one without predecessor included. */
  public int tokens() {
    return scores.tokens();
  }

  /** A statistic of the policy's head for each scored token, as plain numbers; a copy. */
  public double[] statistic(HeadStatistic statistic) {
    require(
        viewer == null || viewer.requirements().statistics().contains(statistic),
        "the statistic " + statistic);
    return scores.statistic(statistic);
  }

  /** A number of the row, by the name of its field. */
  public double column(String name) {
    require(viewer == null || viewer.requirements().columns().contains(name), "the column " + name);
    return scores.column(name);
  }

  /** For modifiers: the same completion with other log-probs as a whole, of both models. */
  public ScoredCompletion withLogProb(Var policy, double ofReference) {
    return new ScoredCompletion(scores, policy, ofReference, divergence, viewer);
  }

  /**
   * For modifiers: the same completion under another divergence.
   *
   * @param f of the log-ratio
   */
  public ScoredCompletion withDivergence(UnaryOperator<Var> f) {
    return new ScoredCompletion(scores, logProb, reference, f, viewer);
  }

  /** As a loss may see it. */
  ScoredCompletion seenBy(PreferenceLoss<?> loss) {
    return new ScoredCompletion(scores, logProb, reference, divergence, loss);
  }

  boolean hasReference() {
    return scores.hasReference();
  }

  /** What is logged, whatever the divergence: {@code beta (log policy - log reference)}. */
  double implicitReward(double beta) {
    return beta * (logProb.value() - reference);
  }

  private void requireReference() {
    require(viewer == null || viewer.requirements().reference(), "the reference");
    if (!scores.hasReference()) {
      throw new IllegalStateException(scores.place() + " came without reference log-probs");
    }
  }

  private void require(boolean declared, String what) {
    if (!declared && viewer != null) {
      throw new LossMistake("reads " + what + ", which its requirements don't declare");
    }
  }
}
