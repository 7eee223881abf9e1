package org.dpo4j.tensor;

/**
 * How weights enter {@link PlainTensorOps}: as matrices, and as vectors that repeat along a row.
 */
final class PlainWeighting {
  private final PlainTape tape;

  PlainWeighting(PlainTape tape) {
    this.tape = tape;
  }

  /** {@code x W^T}, {@code W [out, in]}; {@code x W}, {@code W [in, out]}, where stored so. */
  PlainTensor product(PlainTensor x, PlainTensor w, boolean storedInOut) {
    int n = x.rows();
    int in = x.columns();
    int out = storedInOut ? w.columns() : w.rows();
    PlainTensor y = tape.result(x.axis(), out, new double[n * out], x, w);
    if (storedInOut) {
      MatrixProducts.addProduct(x.values, w.values, y.values, n, in, out);
    } else {
      MatrixProducts.addProductTransposed(x.values, w.values, y.values, n, in, out);
    }
    tape.onTheWayBack(
        y,
        () -> {
          double[] g = y.gradient();
          if (x.tracked && storedInOut) {
            MatrixProducts.addProductTransposed(g, w.values, x.gradient(), n, out, in);
          } else if (x.tracked) {
            MatrixProducts.addProduct(g, w.values, x.gradient(), n, out, in);
          }
          if (w.tracked && storedInOut) {
            MatrixProducts.addTransposedProduct(x.values, g, w.gradient(), n, in, out);
          } else if (w.tracked) {
            MatrixProducts.addTransposedProduct(g, x.values, w.gradient(), n, out, in);
          }
        });
    return y;
  }

  /** Adds a vector to every row. */
  PlainTensor plus(PlainTensor x, PlainTensor vector) {
    int n = x.columns();
    PlainTensor y = tape.result(x.axis(), n, x.values.clone(), x, vector);
    for (int r = 0; r < x.rows(); r++) {
      MatrixProducts.addScaled(1, vector.values, 0, y.values, r * n, n);
    }
    tape.onTheWayBack(
        y,
        () -> {
          double[] g = y.gradient();
          if (x.tracked) MatrixProducts.addScaled(1, g, 0, x.gradient(), 0, g.length);
          for (int r = 0; vector.tracked && r < x.rows(); r++) {
            MatrixProducts.addScaled(1, g, r * n, vector.gradient(), 0, n);
          }
        });
    return y;
  }

  /** Multiplies every group of as many numbers by the vector, offset added. */
  PlainTensor times(PlainTensor x, PlainTensor w, double offset) {
    int n = w.values.length;
    PlainTensor y = tape.result(x.axis(), x.columns(), new double[x.values.length], x, w);
    for (int i = 0; i < y.values.length; i++) {
      y.values[i] = x.values[i] * (w.values[i % n] + offset);
    }
    tape.onTheWayBack(
        y,
        () -> {
          for (int i = 0; i < y.values.length; i++) {
            double g = y.gradient()[i];
            if (x.tracked) x.gradient()[i] += g * (w.values[i % n] + offset);
            if (w.tracked) w.gradient()[i % n] += g * x.values[i];
          }
        });
    return y;
  }
}
