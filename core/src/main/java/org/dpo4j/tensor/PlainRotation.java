package org.dpo4j.tensor;

/**
 * Rotary positions in {@link PlainTensorOps}.
 *
 * @param headDim numbers of a head
 * @param half of the numbers that turn
 * @param cos {@code [tokens, half]}
 * @param sin {@code [tokens, half]}
 */
@SuppressWarnings("ArrayRecordComponent") // the batch's own
record PlainRotation(int headDim, int half, double[] cos, double[] sin) {
  /** Every head of x, turned. */
  PlainTensor of(PlainTape tape, PlainTensor x) {
    PlainTensor y = tape.result(x.axis(), x.columns(), x.values.clone(), x);
    int heads = x.columns() / headDim;
    turn(x.values, y.values, heads, 1);
    tape.onTheWayBack(
        y,
        () -> {
          // the way back turns the other way round
          double[] g = y.gradient().clone();
          turn(y.gradient(), g, heads, -1);
          MatrixProducts.addScaled(1, g, 0, x.gradient(), 0, g.length);
        });
    return y;
  }

  /** Writes the leading numbers of each head, turned; leaves the others. */
  private void turn(double[] from, double[] to, int heads, int direction) {
    for (int head = 0; head < from.length / headDim; head++) {
      int row = head / heads;
      for (int j = 0; j < half; j++) {
        int a = head * headDim + j;
        int b = a + half;
        double c = cos[row * half + j];
        double s = direction * sin[row * half + j];
        to[a] = from[a] * c - from[b] * s;
        to[b] = from[b] * c + from[a] * s;
      }
    }
  }
}
