package org.dpo4j.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * What a policy makes of rows, without any reference; means over rows, of a row with several
 * comparisons over these.
 *
 * @param accuracy how often {@code log p(chosen) > log p(rejected)}, strictly; null where no row
 *     compares
 * @param margin {@code log p(chosen) - log p(rejected)}, in nats; null where no row compares
 * @param chosen {@code log p(chosen)}, in nats; also of completions that nobody judged
 * @param rejected {@code log p(rejected)}, in nats; null where no row compares
 */
public record PolicyMeasures(
    @Nullable Estimate accuracy,
    @Nullable Estimate margin,
    @Nullable Estimate chosen,
    @Nullable Estimate rejected) {}
