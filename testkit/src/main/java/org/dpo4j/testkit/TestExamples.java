package org.dpo4j.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;

/** Examples of random ids. */
public final class TestExamples {
  private final Random random;
  private final int vocabulary;
  private long row;

  /** Ids are in [0, vocabulary). */
  public TestExamples(long seed, int vocabulary) {
    this.random = new Random(seed);
    this.vocabulary = vocabulary;
  }

  /** So many random ids. */
  public TokenIds ids(int length) {
    return TokenIds.of(random.ints(length, 0, vocabulary).toArray());
  }

  /** A prompt and completions of these lengths; the first completion is the best. */
  public TokenizedExample example(int prompt, int... completions) {
    return after(ids(prompt), completions);
  }

  /** Completions of these lengths of a prompt that is there; the first is the best. */
  public TokenizedExample after(TokenIds prompt, int... completions) {
    List<TokenizedCompletion> all = new ArrayList<>();
    for (int length : completions) all.add(new TokenizedCompletion(prompt, ids(length)));
    return example(all);
  }

  /** A pair whose prompts differ, as truncation from the left leaves them. */
  public TokenizedExample apart(int prompt, int chosen, int otherPrompt, int rejected) {
    return example(
        List.of(
            new TokenizedCompletion(ids(prompt), ids(chosen)),
            new TokenizedCompletion(ids(otherPrompt), ids(rejected))));
  }

  private TokenizedExample example(List<TokenizedCompletion> completions) {
    Judgement judgement = completions.size() == 1 ? Judgement.NONE : new Judgement.Best(0);
    if (completions.size() == 2) judgement = Judgement.PAIR;
    return new TokenizedExample(row++, completions, judgement, Map.of());
  }

  /**
   * One of every kind: pairs of odd lengths, completions of one token, no prompt, three
   * completions, a single one, prompts of their own, the first one's prompt once more.
   */
  public List<TokenizedExample> mixed() {
    TokenizedExample first = example(5, 3, 7);
    return List.of(
        first,
        example(1, 1, 2),
        example(0, 4, 1),
        example(9, 2, 6, 3),
        example(3, 11),
        apart(2, 5, 4, 3),
        after(first.completions().get(0).prompt(), 6, 2));
  }
}
