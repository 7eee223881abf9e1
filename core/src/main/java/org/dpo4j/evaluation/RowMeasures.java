package org.dpo4j.evaluation;

import org.dpo4j.preference.Judgement;

/**
 * What numbers of a row's completions, log-probs say, make of what people said about them. NaN
 * where the judgement has no such side.
 *
 * @param accuracy the share of pairs whose better completion has strictly the higher number
 * @param margin the mean over pairs of the better one's number minus the worse one's
 * @param chosen the mean over the best completions
 * @param rejected the mean over all others
 */
record RowMeasures(double accuracy, double margin, double chosen, double rejected) {
  /**
   * Measures a row.
   *
   * @param numbers {@code [completions]}
   */
  static RowMeasures of(Judgement judgement, double[] numbers) {
    int pairs = 0;
    int right = 0;
    double margins = 0;
    double[] sums = new double[2];
    int[] counts = new int[2];
    for (int i = 0; i < numbers.length; i++) {
      int side = judgement.rank(i) == 0 ? 0 : 1;
      sums[side] += numbers[i];
      counts[side]++;
      for (int j = 0; j < numbers.length; j++) {
        if (judgement.rank(i) >= judgement.rank(j)) continue;
        pairs++;
        if (numbers[i] > numbers[j]) right++;
        margins += numbers[i] - numbers[j];
      }
    }
    return new RowMeasures(
        (double) right / pairs, margins / pairs, sums[0] / counts[0], sums[1] / counts[1]);
  }

  /** A row's numbers less others of the same row. */
  static double[] minus(double[] numbers, double[] others) {
    double[] difference = numbers.clone();
    for (int i = 0; i < others.length; i++) difference[i] -= others[i];
    return difference;
  }

  /** Whether the row has a better and a worse completion. */
  boolean compares() {
    return !Double.isNaN(margin);
  }
}
