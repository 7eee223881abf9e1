package org.dpo4j.layout;

import java.util.ArrayList;
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
    List<Equal> found = find(examples);
    if (found.isEmpty()) return numbers;
    double[] evened = numbers.clone();
    for (Equal e : found) System.arraycopy(numbers, e.first, evened, e.start, e.predictions);
    return evened;
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
    for (Equal e : find(examples)) {
      for (int i = 0; i < e.predictions; i++) {
        gradient[e.first + i] += gradient[e.start + i];
        gradient[e.start + i] = 0;
      }
    }
  }

  /** A completion that is equal to an earlier one of its example, by where their numbers start. */
  private record Equal(int first, int start, int predictions) {}

  private static List<Equal> find(List<TokenizedExample> examples) {
    List<Equal> found = new ArrayList<>();
    int from = 0;
    for (TokenizedExample example : examples) {
      Map<TokenizedCompletion, Integer> starts = new HashMap<>();
      for (TokenizedCompletion completion : example.completions()) {
        Integer first = starts.putIfAbsent(completion, from);
        if (first != null) found.add(new Equal(first, from, completion.predictions()));
        from += completion.predictions();
      }
    }
    return found;
  }
}
