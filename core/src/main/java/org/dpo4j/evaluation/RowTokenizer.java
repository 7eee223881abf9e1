package org.dpo4j.evaluation;

import java.util.OptionalInt;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.BadRecord;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.DroppedExample;
import org.dpo4j.tokenization.ExampleTokenizer;
import org.dpo4j.tokenization.TokenizedExample;
import org.dpo4j.tokenization.TokenizedRow;
import org.dpo4j.tokenization.Truncation;
import org.jspecify.annotations.Nullable;

/** Turns the rows of a data set into ids that a model can take. */
public final class RowTokenizer implements AutoCloseable {
  private final ExampleTokenizer tokenizer;
  private final CausalTransformer model;

  private RowTokenizer(ExampleTokenizer tokenizer, CausalTransformer model) {
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /**
   * With the model's own tokenizer, which is opened when the first text comes.
   *
   * @param truncation null cuts nothing
   */
  public static RowTokenizer open(PretrainedModel model, @Nullable Truncation truncation) {
    CausalTransformer transformer = model.transformer();
    OptionalInt vocabulary = OptionalInt.of(transformer.vocabulary());
    return new RowTokenizer(
        ExampleTokenizer.open(model.directory(), truncation, vocabulary), transformer);
  }

  /**
   * The row's ids; of a bad record and of a row that the truncation drops, the reason.
   *
   * @throws InputException where a row is longer than the model was made for, unless its positions
   *     grow with the row; and where {@link ExampleTokenizer#tokenize} throws
   */
  public TokenizedRow tokenize(PreferenceRow row) {
    if (row instanceof PreferenceExample example) {
      TokenizedRow ids = tokenizer.tokenize(example);
      if (ids instanceof TokenizedExample tokenized) checkLength(tokenized);
      return ids;
    }
    return new DroppedExample(row.row(), ((BadRecord) row).toString());
  }

  private void checkLength(TokenizedExample example) {
    int limit = model.contextLength();
    if (example.longest() <= limit || model.growsPastContext()) return;
    throw new InputException(
        "Row %d has %d tokens, prompt and completion together, but the model was made for %d: cut rows with max_length %d or less, or leave this one out."
            .formatted(example.row(), example.longest(), limit, limit));
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
