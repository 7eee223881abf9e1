package org.dpo4j.evaluation;

import java.util.List;
import java.util.function.Supplier;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.loss.Objective;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a policy on preferences, beside a reference if there is one. The two are in memory one
 * after the other, never together.
 *
 * @param backend scores both
 * @param options of both
 * @param policy that is evaluated
 * @param reference with the policy's tokenizer; null: no rewards, and no loss that needs one
 */
public record PolicyEvaluator(
    ScoringBackend backend,
    ScoringOptions options,
    PretrainedModel policy,
    @Nullable PretrainedModel reference) {
  /** Of the intervals' draws: the same rows have the same intervals. */
  private static final long SEED = 42;

  /** Is told how far scoring is; what it throws ends the evaluation. */
  public interface Watcher {
    /**
     * Rows were scored.
     *
     * @param what {@code reference} or {@code policy}
     * @param done rows so far
     */
    void scored(String what, int done, int rows);
  }

  /**
   * Reads and tokenizes preferences; nothing native but tokenizers is opened.
   *
   * @throws InputException where a row cannot be read or is too long for a model, where none is
   *     left, and where the reference makes other tokens of the text than the policy
   */
  public TokenizedRows read(PreferenceDataset data) {
    TokenizedRows rows = read(data, policy);
    if (reference == null) return rows;
    requireEqual(rows, ofReference(() -> read(data, reference)));
    return rows;
  }

  private TokenizedRows read(PreferenceDataset data, PretrainedModel model) {
    try (RowTokenizer tokenizer = RowTokenizer.open(model, options.truncation())) {
      return TokenizedRows.read(data, tokenizer);
    }
  }

  private static void requireEqual(TokenizedRows rows, TokenizedRows ofReference) {
    for (int i = 0; i < rows.examples().size(); i++) {
      TokenizedExample example = rows.examples().get(i);
      if (i < ofReference.examples().size() && example.equals(ofReference.examples().get(i))) {
        continue;
      }
      throw new InputException(
          "Row %d: the reference makes other tokens of the text than the policy, so their log-probs cannot be compared; give rows of token ids, or models with one tokenizer."
              .formatted(example.row()));
    }
  }

  /**
   * Evaluates.
   *
   * @param rows as {@link #read} gave them
   * @param objective one that needs no reference where there is none; its losses start without
   *     memory
   * @param batchSize rows of a per-device batch
   * @throws InputException where a row lacks what a loss needs, or gives a number that is not
   *     finite: names row and loss
   */
  public PolicyEvaluation evaluate(
      List<TokenizedExample> rows, Objective objective, int batchSize, Watcher watcher) {
    rows.forEach(objective::check);
    try {
      ReferenceScores ofReference =
          reference == null ? null : ofReference(() -> score(reference, rows, watcher));
      try (ScoringSession session = open(policy)) {
        return PolicyEvaluation.of(
            rows,
            batchSize,
            objective,
            new ExampleScorer(session, policy.transformer()),
            ofReference,
            objective.initialStates(),
            SEED,
            done -> watcher.scored("policy", done, rows.size()));
      }
    } catch (ArithmeticException e) {
      throw new InputException(
          "The evaluation stops at %s. Look at this row, or at the model's weights."
              .formatted(e.getMessage()),
          e);
    }
  }

  private ReferenceScores score(
      PretrainedModel model, List<TokenizedExample> rows, Watcher watcher) {
    try (ScoringSession session = open(model)) {
      return ReferenceScores.compute(
          rows,
          new ExampleScorer(session, model.transformer()),
          done -> watcher.scored("reference", done, rows.size()));
    }
  }

  private ScoringSession open(PretrainedModel model) {
    return backend.openScoring(model.transformer(), model.weights(), options.session());
  }

  /** Says of a problem that it is the reference's. */
  private static <T> T ofReference(Supplier<T> work) {
    try {
      return work.get();
    } catch (InputException e) {
      throw new InputException("The reference: " + e.getMessage(), e);
    }
  }
}
