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
    double[] evened = numbers;
    int from = 0;
    for (TokenizedExample example : examples) {
      Map<TokenizedCompletion, Integer> starts = new HashMap<>();
      for (TokenizedCompletion completion : example.completions()) {
        Integer first = starts.putIfAbsent(completion, from);
        if (first != null) {
          if (evened == numbers) evened = numbers.clone();
          System.arraycopy(numbers, first, evened, from, completion.predictions());
        }
        from += completion.predictions();
      }
    }
    return evened;
  }
}
