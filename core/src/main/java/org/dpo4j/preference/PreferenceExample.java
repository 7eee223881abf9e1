package org.dpo4j.preference;

import java.util.List;
import java.util.Map;

/**
 * The unit of data: a prompt, its completions, and what people said about them.
 *
 * @param row the place in the data set, from 0
 * @param prompt never missing; where a file leaves it implicit, the reader has found it
 * @param completions at least one
 * @param judgement fits the number of completions
 * @param columns further fields of the row by name, for losses that read them (numbers, booleans
 *     and text as such)
 */
public record PreferenceExample(
    long row,
    Prompt prompt,
    List<Completion> completions,
    Judgement judgement,
    Map<String, Object> columns)
    implements PreferenceRow {
  public PreferenceExample {
    completions = List.copyOf(completions);
    columns = Map.copyOf(columns);
    if (!judgement.fits(completions.size())) {
      throw new IllegalArgumentException(
          judgement + " does not fit " + completions.size() + " completions");
    }
  }

  /** A pair: the first completion was preferred to the second. */
  public static PreferenceExample pair(
      long row, Prompt prompt, Completion chosen, Completion rejected) {
    return new PreferenceExample(row, prompt, List.of(chosen, rejected), Judgement.PAIR, Map.of());
  }

  /** A completion to imitate. */
  public static PreferenceExample demonstration(long row, Prompt prompt, Completion completion) {
    return new PreferenceExample(row, prompt, List.of(completion), Judgement.NONE, Map.of());
  }
}
