package org.dpo4j.evaluation;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * A mean over rows with its 95% interval: percentiles of the means of 1,000 sets of as many rows,
 * drawn with replacement (Efron 1979, the percentile bootstrap). It tells how far other rows like
 * these could move the mean, nothing about another training run.
 *
 * @param low the 2.5th percentile
 * @param high the 97.5th percentile
 */
public record Estimate(double mean, double low, double high) {
  private static final int RESAMPLES = 1000;

  /**
   * The mean of the rows that have a value; null where none has.
   *
   * @param values NaN for a row without
   * @param seed of the draws
   */
  static @Nullable Estimate of(DoubleStream values, long seed) {
    double[] rows = values.filter(v -> !Double.isNaN(v)).toArray();
    if (rows.length == 0) return null;
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[RESAMPLES];
    for (int sample = 0; sample < RESAMPLES; sample++) {
      double sum = 0;
      for (int draw = 0; draw < rows.length; draw++) sum += rows[random.nextInt(rows.length)];
      means[sample] = sum / rows.length;
    }
    Arrays.sort(means);
    double mean = Arrays.stream(rows).sum() / rows.length;
    return new Estimate(mean, percentile(means, 0.025), percentile(means, 0.975));
  }

  /** Between the two nearest ranks in proportion, as numpy does. */
  private static double percentile(double[] sorted, double share) {
    double rank = share * (sorted.length - 1);
    int below = (int) rank;
    return sorted[below] + (rank - below) * (sorted[below + 1] - sorted[below]);
  }

  /** The estimate of {@code factor} times the value, {@code factor} not negative. */
  Estimate times(double factor) {
    return new Estimate(factor * mean, factor * low, factor * high);
  }

  /** {@code 0.725 [0.600, 0.850]}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", mean, low, high);
  }
}
