package org.dpo4j.evaluation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy makes of rows, without any reference: means over rows, of a row with more than one
 * pair over these. Null where no row has such a side.
 *
 * @param accuracy how often {@code log p(chosen) > log p(rejected)}, strictly
 * @param margin {@code log p(chosen) - log p(rejected)}, in nats
 * @param chosen {@code log p(chosen)}, in nats; also of completions that nobody judged
 * @param rejected {@code log p(rejected)}, in nats
 */
public record PolicyMeasures(
    @Nullable Estimate accuracy,
    @Nullable Estimate margin,
    @Nullable Estimate chosen,
    @Nullable Estimate rejected) {
  static PolicyMeasures of(List<RowMeasures> rows, long seed) {
    return new PolicyMeasures(
        Estimate.of(rows.stream().mapToDouble(RowMeasures::accuracy), seed),
        Estimate.of(rows.stream().mapToDouble(RowMeasures::margin), seed),
        Estimate.of(rows.stream().mapToDouble(RowMeasures::chosen), seed),
        Estimate.of(rows.stream().mapToDouble(RowMeasures::rejected), seed));
  }
}
