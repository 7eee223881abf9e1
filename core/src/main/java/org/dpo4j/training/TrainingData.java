package org.dpo4j.training;

import java.util.List;
import org.dpo4j.evaluation.RowTokenizer;
import org.dpo4j.evaluation.TokenizedRows;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.tokenization.TokenizedExample;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All data of a run.
 *
 * @param evaluation rows that are not trained on; empty where there are none
 */
record TrainingData(TokenizedRows rows, List<TokenizedExample> evaluation) {
  private static final Logger log = LoggerFactory.getLogger(TrainingData.class);

  /**
   * Reads and checks them; nothing native but the tokenizer is opened.
   *
   * @throws org.dpo4j.service.InputException where a row doesn't fit the model or the objective
   */
  static TrainingData read(TrainingJob job) {
    try (RowTokenizer tokenizer = RowTokenizer.open(job.model(), job.config().truncation())) {
      TokenizedRows rows = read(job.preferences(), tokenizer);
      rows.examples().forEach(job.objective()::check);
      List<TokenizedExample> evaluation =
          job.evaluation() == null ? List.of() : read(job.evaluation(), tokenizer).examples();
      return new TrainingData(rows, evaluation);
    }
  }

  private static TokenizedRows read(PreferenceDataset data, RowTokenizer tokenizer) {
    TokenizedRows rows = TokenizedRows.read(data, tokenizer);
    if (!rows.skipped().isEmpty()) {
      log.warn(
          "{}: {} of {} rows are left out, the first is {}",
          data.name(),
          rows.skipped().size(),
          rows.skipped().size() + rows.examples().size(),
          rows.skipped().get(0));
    }
    return rows;
  }
}
