package org.dpo4j.training;

import java.util.List;
import org.dpo4j.evaluation.RowTokenizer;
import org.dpo4j.tokenization.TokenizedExample;

/**
 * All data of a run.
 *
 * @param evaluation rows that are not trained on; empty where there are none
 */
record TrainingData(TrainingRows rows, List<TokenizedExample> evaluation) {
  /**
   * Reads and checks them; nothing native but the tokenizer is opened.
   *
   * @throws org.dpo4j.service.InputException where a row doesn't fit the model or the objective
   */
  static TrainingData read(TrainingJob job) {
    try (RowTokenizer tokenizer = RowTokenizer.open(job.model(), job.config().truncation())) {
      TrainingRows rows = TrainingRows.read(job.preferences(), tokenizer);
      rows.examples().forEach(job.objective()::check);
      List<TokenizedExample> evaluation =
          job.evaluation() == null
              ? List.of()
              : TrainingRows.read(job.evaluation(), tokenizer).examples();
      return new TrainingData(rows, evaluation);
    }
  }
}
