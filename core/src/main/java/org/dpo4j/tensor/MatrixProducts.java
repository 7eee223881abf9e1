package org.dpo4j.tensor;

/**
 * The three products of row-major matrices that a linear layer and its gradient are made of. Each
 * adds to its result, runs along rows only, and sums in one fixed order, so that a number doesn't
 * depend on how many rows are computed at once.
 */
final class MatrixProducts {
  private MatrixProducts() {}

  /** {@code c [n, m] += a [n, k] b [k, m]}. */
  static void addProduct(double[] a, double[] b, double[] c, int n, int k, int m) {
    for (int row = 0; row < n; row++) {
      for (int j = 0; j < k; j++) addScaled(a[row * k + j], b, j * m, c, row * m, m);
    }
  }

  /** {@code c [k, m] += a^T b}, {@code a [n, k]}, {@code b [n, m]}. */
  static void addTransposedProduct(double[] a, double[] b, double[] c, int n, int k, int m) {
    for (int j = 0; j < k; j++) {
      for (int row = 0; row < n; row++) addScaled(a[row * k + j], b, row * m, c, j * m, m);
    }
  }

  /** {@code c [n, m] += a b^T}, {@code a [n, k]}, {@code b [m, k]}. */
  static void addProductTransposed(double[] a, double[] b, double[] c, int n, int k, int m) {
    for (int row = 0; row < n; row++) {
      int x = row * k;
      int column = 0;
      // four sums at a time: a single one would wait for its own last addition
      for (; column + 3 < m; column += 4) {
        int w0 = column * k;
        int w1 = w0 + k;
        int w2 = w1 + k;
        int w3 = w2 + k;
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        for (int j = 0; j < k; j++) {
          double v = a[x + j];
          s0 += v * b[w0 + j];
          s1 += v * b[w1 + j];
          s2 += v * b[w2 + j];
          s3 += v * b[w3 + j];
        }
        c[row * m + column] += s0;
        c[row * m + column + 1] += s1;
        c[row * m + column + 2] += s2;
        c[row * m + column + 3] += s3;
      }
      for (; column < m; column++) c[row * m + column] += dot(a, x, b, column * k, k);
    }
  }

  /** The inner product of {@code n} numbers of each array, from the given places on. */
  static double dot(double[] a, int fromA, double[] b, int fromB, int n) {
    double sum = 0;
    for (int j = 0; j < n; j++) sum += a[fromA + j] * b[fromB + j];
    return sum;
  }

  /** Adds {@code factor} times {@code n} numbers of a to those of b, from the given places on. */
  static void addScaled(double factor, double[] a, int fromA, double[] b, int fromB, int n) {
    for (int j = 0; j < n; j++) b[fromB + j] += factor * a[fromA + j];
  }
}
