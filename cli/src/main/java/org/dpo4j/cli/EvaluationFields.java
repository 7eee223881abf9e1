package org.dpo4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.dpo4j.evaluation.Estimate;
import org.dpo4j.evaluation.PolicyEvaluation;
import org.jspecify.annotations.Nullable;

/** What {@code eval} tells, by the names of its fields; what the rows don't give is left out. */
final class EvaluationFields {
  private EvaluationFields() {}

  /**
   * The fields in order.
   *
   * @param tellLoss whether a loss was asked for
   * @param skipped rows that were left out
   */
  static Map<String, Object> of(PolicyEvaluation evaluation, boolean tellLoss, int skipped) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (tellLoss) fields.put("eval_loss", evaluation.loss());
    new TreeMap<>(evaluation.means()).forEach((key, mean) -> fields.put("eval_" + key, mean));
    fields.put("rows", evaluation.rows());
    fields.put("skipped", skipped);
    Map<String, Estimate> intervals = new LinkedHashMap<>();
    put(intervals, "rewards/margins", evaluation.rewardMargin());
    put(intervals, "rewards/accuracies", evaluation.rewardAccuracy());
    put(intervals, "logps/margins", evaluation.policy().margin());
    put(intervals, "logps/accuracies", evaluation.policy().accuracy());
    put(intervals, "longer_wins", evaluation.longerWins());
    put(intervals, "shorter_wins", evaluation.shorterWins());
    fields.put("intervals", intervals);
    return fields;
  }

  private static void put(
      Map<String, Estimate> intervals, String name, @Nullable Estimate estimate) {
    if (estimate != null) intervals.put(name, estimate);
  }
}
