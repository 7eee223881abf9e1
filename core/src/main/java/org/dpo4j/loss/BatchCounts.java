package org.dpo4j.loss;

import java.util.List;

/**
 * What the means of a per-device batch divide by; known before the first forward pass, so that a
 * batch can be split.
 *
 * @param examples of the per-device batch
 * @param losses one for each loss of the objective, in its order
 */
public record BatchCounts(int examples, List<OfLoss> losses) {
  public BatchCounts {
    losses = List.copyOf(losses);
  }

  /**
   * The counts of one loss.
   *
   * @param evaluations see {@link LossValue.MeanOver#EVALUATIONS}
   * @param chosenTokens see {@link LossValue.MeanOver#CHOSEN_TOKENS}
   */
  public record OfLoss(int evaluations, int chosenTokens) {
    int of(LossValue.MeanOver over) {
      return switch (over) {
        case EVALUATIONS -> evaluations;
        case CHOSEN_TOKENS -> chosenTokens;
      };
    }
  }
}
