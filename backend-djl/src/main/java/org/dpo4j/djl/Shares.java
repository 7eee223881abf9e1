package org.dpo4j.djl;

import java.util.Arrays;

/**
 * How members share out work that all of them could do. Each has come from work of its own, of
 * unequal length; who had less of that takes more of the common work, so that all end together.
 */
final class Shares {
  /** Shares begin at whole cache lines: products of matrices are slower elsewhere. */
  private static final int ALIGNMENT = 16;

  /** Where each member's share begins, of 1; one more at the end. */
  private final double[] starts;

  private Shares(double[] starts) {
    this.starts = starts;
  }

  /**
   * Shares out.
   *
   * @param own what each member has done by itself
   * @param common what is to be shared out, in the same measure
   */
  static Shares of(double[] own, double common) {
    double[] starts = new double[own.length + 1];
    double end = end(own, common);
    for (int m = 0; m < own.length; m++) {
      double share = common > 0 ? Math.max(0, end - own[m]) / common : 1.0 / own.length;
      starts[m + 1] = starts[m] + share;
    }
    return new Shares(starts);
  }

  /** When all end, if those that are not beyond it by themselves share the common work. */
  private static double end(double[] own, double common) {
    double[] sorted = own.clone();
    Arrays.sort(sorted);
    double sum = common;
    double end = 0;
    for (int m = 0; m < sorted.length && (m == 0 || sorted[m] < end); m++) {
      sum += sorted[m];
      end = sum / (m + 1);
    }
    return end;
  }

  /** The first of so many rows that is the member's; for the number of members the end. */
  int start(int member, int rows) {
    if (member == starts.length - 1) return rows;
    int row = (int) Math.rint(starts[member] * rows / ALIGNMENT) * ALIGNMENT;
    return Math.min(rows, row);
  }
}
