package org.dpo4j.training;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.evaluation.RowTokenizer;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.DroppedExample;
import org.dpo4j.tokenization.TokenizedExample;
import org.dpo4j.tokenization.TokenizedRow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows of a data set as token ids, in their order, and those that are left out. */
record TrainingRows(List<TokenizedExample> examples, List<SkippedRow> skipped) {
  private static final Logger log = LoggerFactory.getLogger(TrainingRows.class);
  private static final int LISTED = 10;

  /**
   * Reads all rows.
   *
   * @throws InputException where a row can't be read or is too long for the model, and where none
   *     is left
   */
  static TrainingRows read(PreferenceDataset data, RowTokenizer tokenizer) {
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
    TrainingRows read = new TrainingRows(examples, skipped);
    read.tellSkipped(data.name());
    return read;
  }

  private void tellSkipped(String name) {
    if (examples.isEmpty()) {
      String list =
          String.join("; ", skipped.stream().limit(LISTED).map(SkippedRow::toString).toList());
      throw new InputException(
          "%s has no row to use%s."
              .formatted(
                  name,
                  skipped.isEmpty()
                      ? ""
                      : ": all %d are left out: %s%s"
                          .formatted(
                              skipped.size(), list, skipped.size() > LISTED ? "; ..." : "")));
    }
    if (!skipped.isEmpty()) {
      log.warn(
          "{}: {} of {} rows are left out, the first is {}",
          name,
          skipped.size(),
          skipped.size() + examples.size(),
          skipped.get(0));
    }
  }
}
