package org.dpo4j.evaluation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.DroppedExample;
import org.dpo4j.tokenization.TokenizedExample;
import org.dpo4j.tokenization.TokenizedRow;

/**
 * The rows of a data set as token ids, in their order, and those that are left out.
 *
 * @param examples at least one
 * @param skipped bad records, where the data set skips them, and rows that the truncation drops
 */
public record TokenizedRows(List<TokenizedExample> examples, List<SkippedRow> skipped) {
  private static final int LISTED = 10;

  public TokenizedRows {
    examples = List.copyOf(examples);
    skipped = List.copyOf(skipped);
  }

  /**
   * Reads all rows.
   *
   * @throws InputException where a row can't be read or is too long for the model, and where none
   *     is left
   */
  public static TokenizedRows read(PreferenceDataset data, RowTokenizer tokenizer) {
    List<TokenizedExample> examples = new ArrayList<>();
    List<SkippedRow> skipped = new ArrayList<>();
    try (Stream<PreferenceRow> rows = data.rows()) {
      for (Iterator<PreferenceRow> i = rows.iterator(); i.hasNext(); ) {
        TokenizedRow row = tokenizer.tokenize(i.next());
        if (row instanceof TokenizedExample example) examples.add(example);
        if (row instanceof DroppedExample dropped) {
          skipped.add(new SkippedRow(dropped.row(), dropped.reason()));
        }
      }
    }
    if (examples.isEmpty()) throw new InputException(none(data.name(), skipped));
    return new TokenizedRows(examples, skipped);
  }

  private static String none(String name, List<SkippedRow> skipped) {
    if (skipped.isEmpty()) return name + " has no row to use.";
    String list =
        String.join("; ", skipped.stream().limit(LISTED).map(SkippedRow::toString).toList());
    return "%s has no row to use: all %d are left out: %s%s."
        .formatted(name, skipped.size(), list, skipped.size() > LISTED ? "; ..." : "");
  }
}
