package org.dpo4j.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A mean over rows with its 95% interval: percentiles of the means of 1,000 sets of rows, drawn
 * with replacement (Efron's bootstrap). It tells how far other rows like these could move the mean,
 * nothing about another training run.
 *
 * @param low the 2.5th percentile
 * @param high the 97.5th percentile
 */
public record Estimate(double mean, double low, double high) {
  private static final int RESAMPLES = 1000;

  /**
   * Means of several measures of the same rows, all from the same draws.
   *
   * @param measures {@code [rows]} each, at least one row
   * @param seed of the draws
   */
  static List<Estimate> means(List<double[]> measures, long seed) {
    int rows = measures.get(0).length;
    SplittableRandom random = new SplittableRandom(seed);
    double[][] means = new double[measures.size()][RESAMPLES];
    for (int sample = 0; sample < RESAMPLES; sample++) {
      for (int draw = 0; draw < rows; draw++) {
        int row = random.nextInt(rows);
        for (int m = 0; m < means.length; m++) means[m][sample] += measures.get(m)[row] / rows;
      }
    }
    List<Estimate> estimates = new ArrayList<>();
    for (int m = 0; m < means.length; m++) {
      Arrays.sort(means[m]);
      double mean = Arrays.stream(measures.get(m)).average().orElseThrow();
      estimates.add(new Estimate(mean, percentile(means[m], 0.025), percentile(means[m], 0.975)));
    }
    return estimates;
  }

  /** Between the two nearest ranks in proportion, as numpy does. */
  private static double percentile(double[] sorted, double share) {
    double rank = share * (sorted.length - 1);
    int below = (int) rank;
    return sorted[below] + (rank - below) * (sorted[below + 1] - sorted[below]);
  }

  /** {@code 0.725 [0.600, 0.850]}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", mean, low, high);
  }
}
