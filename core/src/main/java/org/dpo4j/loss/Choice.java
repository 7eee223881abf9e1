package org.dpo4j.loss;

import java.util.List;

/**
 * One winner among several completions; nothing is said about the order of the others.
 *
 * @param others at least one
 */
public record Choice(ScoredCompletion winner, List<ScoredCompletion> others) implements View {
  public Choice {
    others = List.copyOf(others);
  }
}
