package org.dpo4j.tensor;

/** The standard normal distribution, to double precision. */
final class NormalDistribution {
  private NormalDistribution() {}

  static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  /**
   * {@code 1/2 + density(x) (x + x^3/3 + x^5/(3 5) + x^7/(3 5 7) + ...)} (Abramowitz and Stegun,
   * 26.2.11).
   */
  static double cumulative(double x) {
    if (Math.abs(x) > 9) return x > 0 ? 1 : 0; // 1e-19 away
    double sum = 0;
    double term = x;
    for (int n = 3; sum + term != sum; n += 2) {
      sum += term;
      term *= x * x / n;
    }
    return 0.5 + density(x) * sum;
  }
}
