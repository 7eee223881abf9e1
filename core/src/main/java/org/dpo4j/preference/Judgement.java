package org.dpo4j.preference;

import java.util.Collections;
import java.util.List;

/** What people said about the completions of a prompt. */
public sealed interface Judgement {
  /** The first completion of two is better: {@code chosen}, then {@code rejected}. */
  Judgement PAIR = new Order(List.of(0, 1));

  /** Nobody judged: completions to imitate. */
  Judgement NONE = new None();

  /**
   * The rank of a completion: 0 for the best, for a thumb up, and for everything that nobody
   * judged; higher is worse, equal ranks are ties.
   *
   * @param completion its place in the example, from 0
   */
  int rank(int completion);

  /** Whether this judgement can be one of {@code completions} completions. */
  boolean fits(int completions);

  /**
   * A rank for each completion, ties allowed.
   *
   * @param ranks by completion; lower is better
   */
  record Order(List<Integer> ranks) implements Judgement {
    public Order {
      ranks = List.copyOf(ranks);
      if (ranks.isEmpty()) {
        throw new IllegalArgumentException("ranks is empty, expected one for each completion");
      }
    }

    @Override
    public int rank(int completion) {
      return ranks.get(completion) - Collections.min(ranks);
    }

    @Override
    public boolean fits(int completions) {
      return ranks.size() == completions;
    }
  }

  /** One winner; nothing is said about the order of the others. */
  record Best(int winner) implements Judgement {
    @Override
    public int rank(int completion) {
      return completion == winner ? 0 : 1;
    }

    @Override
    public boolean fits(int completions) {
      return winner >= 0 && winner < completions;
    }
  }

  /** Up or down, of a single completion. */
  record Thumb(boolean up) implements Judgement {
    @Override
    public int rank(int completion) {
      return up ? 0 : 1;
    }

    @Override
    public boolean fits(int completions) {
      return completions == 1;
    }
  }

  /** Nobody judged. */
  record None() implements Judgement {
    @Override
    public int rank(int completion) {
      return 0;
    }

    @Override
    public boolean fits(int completions) {
      return completions > 0;
    }
  }
}
