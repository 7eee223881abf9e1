package org.dpo4j.loss;

import java.util.List;

/**
 * The completions of an example in order, without ties.
 *
 * @param bestFirst at least two
 */
public record Ranking(List<ScoredCompletion> bestFirst) implements View {
  public Ranking {
    bestFirst = List.copyOf(bestFirst);
  }
}
