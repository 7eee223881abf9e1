package org.dpo4j.tensor;

/** What both norms of {@link PlainTensorOps} begin with. */
final class PlainNorm {
  private PlainNorm() {}

  /** Each group of n numbers divided by its root mean square, its mean taken off first if asked. */
  static PlainTensor standardized(
      PlainTape tape, PlainTensor x, int n, double eps, boolean centred) {
    int groups = x.values.length / n;
    double[] inverse = new double[groups];
    PlainTensor y = tape.result(x.axis(), x.columns(), new double[x.values.length], x);
    for (int k = 0; k < groups; k++) {
      int from = k * n;
      double mean = centred ? sum(x.values, from, n) / n : 0;
      for (int j = from; j < from + n; j++) y.values[j] = x.values[j] - mean;
      double square = MatrixProducts.dot(y.values, from, y.values, from, n) / n;
      inverse[k] = 1 / Math.sqrt(square + eps);
      for (int j = from; j < from + n; j++) y.values[j] *= inverse[k];
    }
    tape.onTheWayBack(
        y,
        () -> {
          double[] g = y.gradient();
          for (int k = 0; k < groups; k++) {
            int from = k * n;
            double along = MatrixProducts.dot(g, from, y.values, from, n) / n;
            double mean = centred ? sum(g, from, n) / n : 0;
            for (int j = from; j < from + n; j++) {
              x.gradient()[j] += inverse[k] * (g[j] - mean - y.values[j] * along);
            }
          }
        });
    return y;
  }

  private static double sum(double[] x, int from, int n) {
    double sum = 0;
    for (int j = from; j < from + n; j++) sum += x[j];
    return sum;
  }
}
