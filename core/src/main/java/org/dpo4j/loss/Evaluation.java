package org.dpo4j.loss;

import java.util.Map;

/**
 * An objective's answer to a per-device batch, or to a part of one: parts add up.
 *
 * @param value the part's share of the objective
 * @param gradient {@code [predictions]}: of the objective, with respect to each token log-prob of
 *     the policy, in the layout's order (examples x completions x tokens)
 * @param metrics what this part adds to the metrics of the per-device batch
 * @param states of every loss after this batch, by name
 */
@SuppressWarnings("ArrayRecordComponent") // a few thousand numbers on their way; never compared
public record Evaluation(
    double value, double[] gradient, BatchMetrics metrics, Map<String, LossState> states) {
  public Evaluation {
    states = Map.copyOf(states);
  }
}
