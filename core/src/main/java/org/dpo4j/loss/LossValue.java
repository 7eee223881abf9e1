package org.dpo4j.loss;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dpo4j.autodiff.Var;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation of a loss gives: its value, as terms that are averaged each in its own way,
 * and, where the loss has them, rewards, metrics and the next state of its own.
 *
 * @param terms at least one; the loss is the sum of their means
 * @param rewards to be logged in place of {@code beta x log-ratio}; declared by {@link
 *     Requirements#ownRewards}
 * @param metrics further numbers to log, by key: means over the evaluations of a per-device batch
 * @param next the state after this per-device batch; null leaves it as it was. Of a {@link
 *     BatchwiseLoss} only
 */
public record LossValue(
    List<Term> terms,
    @Nullable Rewards rewards,
    Map<String, Double> metrics,
    @Nullable LossState next) {
  /** What the mean of a term divides by: a count over the per-device batch. */
  public enum MeanOver {
    /** Evaluations of this loss: comparisons, completions, rankings; 1 of a batchwise loss. */
    EVALUATIONS,
    /**
     * Scored tokens of the first completion of each view of this loss (of {@link Labelled}, where
     * it is good), counted as often as the loss sees it. The term is then a sum over those tokens.
     */
    CHOSEN_TOKENS
  }

  /** A part of a loss and what its mean divides by. */
  public record Term(Var value, MeanOver over) {}

  /** Rewards of the two sides of a comparison, in nats. */
  public record Rewards(double chosen, double rejected) {}

  public LossValue {
    terms = List.copyOf(terms);
    metrics = Map.copyOf(metrics);
    if (terms.isEmpty()) {
      throw new IllegalArgumentException("terms is empty, expected at least one");
    }
  }

  /** A value whose mean is over evaluations. */
  public static LossValue of(Var value) {
    return of(value, MeanOver.EVALUATIONS);
  }

  /** A value and what its mean is over. */
  public static LossValue of(Var value, MeanOver over) {
    return new LossValue(List.of(new Term(value, over)), null, Map.of(), null);
  }

  /** With a further term. */
  public LossValue plus(Var value, MeanOver over) {
    List<Term> more = new ArrayList<>(terms);
    more.add(new Term(value, over));
    return new LossValue(more, rewards, metrics, next);
  }

  /** With every term multiplied by a weight that has no gradient. */
  public LossValue times(double weight) {
    List<Term> weighted =
        terms.stream().map(t -> new Term(t.value().times(weight), t.over())).toList();
    return new LossValue(weighted, rewards, metrics, next);
  }

  /** With rewards of its own. */
  public LossValue withRewards(double chosen, double rejected) {
    return new LossValue(terms, new Rewards(chosen, rejected), metrics, next);
  }

  /** With a number to log. */
  public LossValue withMetric(String key, double value) {
    Map<String, Double> more = new TreeMap<>(metrics);
    more.put(key, value);
    return new LossValue(terms, rewards, more, next);
  }

  /** With the state after this batch. */
  public LossValue withState(LossState state) {
    return new LossValue(terms, rewards, metrics, state);
  }
}
