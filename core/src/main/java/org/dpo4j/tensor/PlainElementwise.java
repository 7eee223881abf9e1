package org.dpo4j.tensor;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Functions of one number, or of two, of {@link PlainTensorOps}. */
final class PlainElementwise {
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  private final PlainTape tape;

  PlainElementwise(PlainTape tape) {
    this.tape = tape;
  }

  PlainTensor sum(PlainTensor a, PlainTensor b) {
    return binary(a, b, (x, y) -> x + y, (x, y) -> 1, (x, y) -> 1);
  }

  PlainTensor product(PlainTensor a, PlainTensor b) {
    return binary(a, b, (x, y) -> x * y, (x, y) -> y, (x, y) -> x);
  }

  /** Where one of them is a constant, it goes with every number of the other. */
  private PlainTensor binary(
      PlainTensor a,
      PlainTensor b,
      DoubleBinaryOperator f,
      DoubleBinaryOperator byA,
      DoubleBinaryOperator byB) {
    PlainTensor shape = TensorOps.join(a, b) == a ? a : b;
    int n = shape.values.length;
    int stepA = a.values.length == n ? 1 : 0;
    int stepB = b.values.length == n ? 1 : 0;
    PlainTensor y = tape.result(shape.axis(), shape.columns(), new double[n], a, b);
    for (int i = 0; i < n; i++) {
      y.values[i] = f.applyAsDouble(a.values[i * stepA], b.values[i * stepB]);
    }
    tape.onTheWayBack(
        y,
        () -> {
          for (int i = 0; i < n; i++) {
            double g = y.gradient()[i];
            double u = a.values[i * stepA];
            double v = b.values[i * stepB];
            if (a.tracked) a.gradient()[i * stepA] += g * byA.applyAsDouble(u, v);
            if (b.tracked) b.gradient()[i * stepB] += g * byB.applyAsDouble(u, v);
          }
        });
    return y;
  }

  PlainTensor silu(PlainTensor x) {
    return unary(
        x,
        v -> v * sigmoid(v),
        (v, y) -> {
          double s = sigmoid(v);
          return s * (1 + v * (1 - s));
        });
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  PlainTensor geluExact(PlainTensor x) {
    return unary(
        x,
        v -> v * NormalDistribution.cumulative(v),
        (v, y) -> NormalDistribution.cumulative(v) + v * NormalDistribution.density(v));
  }

  PlainTensor geluTanh(PlainTensor x) {
    return unary(
        x,
        v -> 0.5 * v * (1 + bent(v)),
        (v, y) -> {
          double t = bent(v);
          double slope = SQRT_2_OVER_PI * (1 + 3 * CUBIC * v * v);
          return 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * slope;
        });
  }

  private static double bent(double v) {
    return Math.tanh(SQRT_2_OVER_PI * (v + CUBIC * v * v * v));
  }

  PlainTensor softCap(PlainTensor x, double cap) {
    return unary(x, v -> cap * Math.tanh(v / cap), (v, y) -> 1 - y * y / (cap * cap));
  }

  /** The slope is a function of argument and result. */
  private PlainTensor unary(PlainTensor x, DoubleUnaryOperator f, DoubleBinaryOperator slope) {
    int n = x.values.length;
    PlainTensor y = tape.result(x.axis(), x.columns(), new double[n], x);
    for (int i = 0; i < n; i++) y.values[i] = f.applyAsDouble(x.values[i]);
    tape.onTheWayBack(
        y,
        () -> {
          for (int i = 0; i < n; i++) {
            x.gradient()[i] += y.gradient()[i] * slope.applyAsDouble(x.values[i], y.values[i]);
          }
        });
    return y;
  }
}
