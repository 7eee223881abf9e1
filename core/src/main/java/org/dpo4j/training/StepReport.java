package org.dpo4j.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An optimizer step that was taken.
 *
 * @param step from 1
 * @param steps of the whole run
 * @param epoch how often the rows have been gone through: {@code 1.5} in the middle of the second
 *     time
 * @param metrics under TRL's names, in the order of the log: {@code loss}, {@code grad_norm}
 *     (before the clip), {@code learning_rate} (that the step used), {@code rewards/chosen}, ...:
 *     means of the means of the step's per-device batches
 * @param seconds that it took
 * @param tokens that were laid down for it, an equal prompt once
 */
public record StepReport(
    long step, long steps, double epoch, Map<String, Double> metrics, double seconds, long tokens) {
  public StepReport {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** The value of a metric that every step has. */
  public double loss() {
    return metrics.getOrDefault("loss", Double.NaN);
  }

  /** {@code step 3 of 12, epoch 0.25, loss 0.6821, ...}. */
  @Override
  public String toString() {
    return metrics.entrySet().stream()
        .map(m -> String.format(Locale.ROOT, ", %s %.4g", m.getKey(), m.getValue()))
        .collect(
            Collectors.joining(
                "",
                String.format(Locale.ROOT, "step %d of %d, epoch %.4g", step, steps, epoch),
                ""));
  }
}
