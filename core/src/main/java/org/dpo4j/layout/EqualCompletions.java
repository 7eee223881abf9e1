package org.dpo4j.layout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;

/**
 * Gives completions of an example that are equal, token for token, equal numbers. An engine rounds
 * each by where it lies in the batch; which of two equal answers is the better one would be drawn
 * by lot.
 */
public final class EqualCompletions {
  private EqualCompletions() {}

  /**
   * The numbers, those of the first of equal completions for all of them.
   *
   * @param examples in the order of the numbers
   * @param numbers {@code [predictions]}; not changed
   * @return {@code numbers} itself where no example has equal completions
   */
  public static double[] evened(List<TokenizedExample> examples, double[] numbers) {
    double[][] evened = {numbers};
    visit(
        examples,
        (first, equal, predictions) -> {
          if (evened[0] == numbers) evened[0] = numbers.clone();
          System.arraycopy(numbers, first, evened[0], equal, predictions);
        });
    return evened[0];
  }

  /**
   * The way back of {@link #evened}: what a function of evened numbers has as gradient is added up
   * at the first of equal completions, and nothing is left at the others. A pair of equal answers
   * has no gradient then, rather than two that cancel but for rounding, which Adam would enlarge to
   * a step of full size.
   *
   * @param examples in the order of the numbers
   * @param gradient {@code [predictions]}; changed
   */
  public static void addToFirst(List<TokenizedExample> examples, double[] gradient) {
    visit(
        examples,
        (first, equal, predictions) -> {
          for (int i = 0; i < predictions; i++) {
            gradient[first + i] += gradient[equal + i];
            gradient[equal + i] = 0;
          }
        });
  }

  /** A completion that is equal to an earlier one of its example, by where their numbers start. */
  @FunctionalInterface
  private interface Equal {
    void at(int first, int equal, int predictions);
  }

  private static void visit(List<TokenizedExample> examples, Equal found) {
    int from = 0;
    for (TokenizedExample example : examples) {
      Map<TokenizedCompletion, Integer> starts = new HashMap<>();
      for (TokenizedCompletion completion : example.completions()) {
        Integer first = starts.putIfAbsent(completion, from);
        if (first != null) found.at(first, from, completion.predictions());
        from += completion.predictions();
      }
    }
  }
}
