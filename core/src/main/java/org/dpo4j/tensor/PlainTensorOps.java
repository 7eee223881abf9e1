package org.dpo4j.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.jspecify.annotations.Nullable;

/**
 * The operations in double precision, on arrays, one batch at a time, with a tape for the way back:
 * the oracle that engines are compared with. Deterministic; confined to a thread. Without dropout.
 */
public final class PlainTensorOps implements TensorOps {
  /** Predictions that the head takes at a time, so that their logits never exist all at once. */
  public static final int HEAD_ROWS = 256;

  /** Where gradients of weights are added up. */
  @FunctionalInterface
  public interface Gradients {
    /** No weight is trained: nothing is kept for a way back. */
    Gradients NONE = parameter -> null;

    /** As many numbers as the parameter has, or null where it is frozen. */
    double @Nullable [] of(Parameter parameter);
  }

  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  private final Batch batch;
  private final Function<Parameter, double[]> weights;
  private final Gradients gradients;
  private final int headRows;
  private final List<Runnable> tape = new ArrayList<>();

  /**
   * @param weights a parameter's numbers, row by row; asked once for each use
   * @param gradients where its gradient is added, asked once for each use
   * @param headRows predictions that the head takes at a time
   */
  public PlainTensorOps(
      Batch batch, Function<Parameter, double[]> weights, Gradients gradients, int headRows) {
    this.batch = batch;
    this.weights = weights;
    this.gradients = gradients;
    this.headRows = headRows;
  }

  public PlainTensorOps(Batch batch, Function<Parameter, double[]> weights, Gradients gradients) {
    this(batch, weights, gradients, HEAD_ROWS);
  }

  /** For a forward pass alone. */
  public PlainTensorOps(Batch batch, Function<Parameter, double[]> weights) {
    this(batch, weights, Gradients.NONE);
  }

  /** A further trace on the same batch and weights. */
  PlainTensorOps fresh(boolean withGradients) {
    return new PlainTensorOps(batch, weights, withGradients ? gradients : Gradients.NONE, headRows);
  }

  /**
   * A value from outside whose gradient can be asked for.
   *
   * @param values {@code [axis, columns]}, row by row
   */
  public Tensor input(Axis axis, int columns, double[] values) {
    return new PlainTensor(this, axis, columns, values, true, null);
  }

  /** The numbers of a tensor of this trace, row by row; not to be changed. */
  public double[] values(Tensor x) {
    return mine(x).values;
  }

  /** The gradient with respect to an input, after {@link #backward}. */
  public double[] gradient(Tensor input) {
    return mine(input).gradient();
  }

  /**
   * Goes back through the trace, once: adds to the gradients of weights and inputs.
   *
   * @param y where to start
   * @param upstream the gradient with respect to y, of its shape
   */
  public void backward(Tensor y, double[] upstream) {
    PlainTensor from = mine(y);
    if (upstream.length != from.values.length) {
      throw new IllegalArgumentException(
          "a gradient of " + upstream.length + " numbers for " + from.values.length);
    }
    MatrixProducts.addScaled(1, upstream, 0, from.gradient(), 0, upstream.length);
    for (int i = tape.size() - 1; i >= 0; i--) tape.get(i).run();
    tape.clear();
  }

  @Override
  public Tensor column(Column c) {
    return new PlainTensor(this, c.axis(), c.width(), batch.values(c), false, null);
  }

  @Override
  public Tensor constant(double c) {
    return new PlainTensor(this, Axis.ONE, 1, new double[] {c}, false, null);
  }

  @Override
  public Tensor gather(Tensor x, Index i) {
    TensorOps.on(x, i.to(), i.name());
    return rows(mine(x), i);
  }

  @Override
  public Tensor embedding(Parameter table, Index i) {
    return rows(parameter(table), i);
  }

  private PlainTensor rows(PlainTensor x, Index i) {
    int[] at = batch.layout().values(i);
    int n = x.columns();
    PlainTensor y = result(i.from(), n, new double[at.length * n], x);
    for (int r = 0; r < at.length; r++) {
      System.arraycopy(x.values, at[r] * n, y.values, r * n, n);
    }
    onTheWayBack(
        y,
        () -> {
          for (int r = 0; r < at.length; r++) {
            MatrixProducts.addScaled(1, y.gradient(), r * n, x.gradient(), at[r] * n, n);
          }
        });
    return y;
  }

  @Override
  public Tensor add(Tensor a, Tensor b) {
    return binary(mine(a), mine(b), (x, y) -> x + y, (x, y) -> 1, (x, y) -> 1);
  }

  @Override
  public Tensor multiply(Tensor a, Tensor b) {
    return binary(mine(a), mine(b), (x, y) -> x * y, (x, y) -> y, (x, y) -> x);
  }

  private PlainTensor binary(
      PlainTensor a,
      PlainTensor b,
      DoubleBinaryOperator f,
      DoubleBinaryOperator byA,
      DoubleBinaryOperator byB) {
    PlainTensor shape = mine(TensorOps.join(a, b));
    int n = shape.values.length;
    int stepA = a.values.length == n ? 1 : 0;
    int stepB = b.values.length == n ? 1 : 0;
    PlainTensor y = result(shape.axis(), shape.columns(), new double[n], a, b);
    for (int i = 0; i < n; i++) {
      y.values[i] = f.applyAsDouble(a.values[i * stepA], b.values[i * stepB]);
    }
    onTheWayBack(
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

  @Override
  public Tensor silu(Tensor x) {
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

  @Override
  public Tensor gelu(Tensor x, Gelu kind) {
    return switch (kind) {
      case EXACT ->
          unary(
              x,
              v -> v * NormalDistribution.cumulative(v),
              (v, y) -> NormalDistribution.cumulative(v) + v * NormalDistribution.density(v));
      case TANH ->
          unary(
              x,
              v -> 0.5 * v * (1 + geluTanh(v)),
              (v, y) -> {
                double t = geluTanh(v);
                double slope = SQRT_2_OVER_PI * (1 + 3 * CUBIC * v * v);
                return 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * slope;
              });
    };
  }

  private static double geluTanh(double v) {
    return Math.tanh(SQRT_2_OVER_PI * (v + CUBIC * v * v * v));
  }

  @Override
  public Tensor softCap(Tensor x, double cap) {
    return unary(x, v -> cap * Math.tanh(v / cap), (v, y) -> 1 - y * y / (cap * cap));
  }

  /**
   * @param slope of (argument, result)
   */
  private PlainTensor unary(Tensor argument, DoubleUnaryOperator f, DoubleBinaryOperator slope) {
    PlainTensor x = mine(argument);
    int n = x.values.length;
    PlainTensor y = result(x.axis(), x.columns(), new double[n], x);
    for (int i = 0; i < n; i++) y.values[i] = f.applyAsDouble(x.values[i]);
    onTheWayBack(
        y,
        () -> {
          for (int i = 0; i < n; i++) {
            x.gradient()[i] += y.gradient()[i] * slope.applyAsDouble(x.values[i], y.values[i]);
          }
        });
    return y;
  }

  @Override
  public Tensor columns(Tensor argument, int groups, int start, int width) {
    PlainTensor x = mine(argument);
    TensorOps.inGroups(x, groups, start, width);
    int stride = x.columns() / groups;
    int all = x.rows() * groups;
    PlainTensor y = result(x.axis(), groups * width, new double[all * width], x);
    for (int g = 0; g < all; g++) {
      System.arraycopy(x.values, g * stride + start, y.values, g * width, width);
    }
    onTheWayBack(
        y,
        () -> {
          for (int g = 0; g < all; g++) {
            MatrixProducts.addScaled(
                1, y.gradient(), g * width, x.gradient(), g * stride + start, width);
          }
        });
    return y;
  }

  @Override
  public Tensor linear(Tensor argument, Linear l) {
    PlainTensor x = mine(argument);
    TensorOps.wide(x, l.in(), l.weight().name());
    PlainTensor y = product(x, l.weight(), l.storedInOut());
    Parameter bias = l.bias();
    if (bias != null) y = plusVector(y, parameter(bias));
    LowRank adapter = l.adapter();
    if (adapter == null) return y;
    PlainTensor low = product(product(x, adapter.a(), false), adapter.b(), false);
    return y.plus(low.times(adapter.scaling()));
  }

  private PlainTensor product(PlainTensor x, Parameter weight, boolean storedInOut) {
    PlainTensor w = parameter(weight);
    int n = x.rows();
    int in = x.columns();
    int out = storedInOut ? weight.columns() : weight.rows();
    PlainTensor y = result(x.axis(), out, new double[n * out], x, w);
    if (storedInOut) {
      MatrixProducts.addProduct(x.values, w.values, y.values, n, in, out);
    } else {
      MatrixProducts.addProductTransposed(x.values, w.values, y.values, n, in, out);
    }
    onTheWayBack(
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

  private PlainTensor plusVector(PlainTensor x, PlainTensor vector) {
    int n = x.columns();
    PlainTensor y = result(x.axis(), n, x.values.clone(), x, vector);
    for (int r = 0; r < x.rows(); r++) {
      MatrixProducts.addScaled(1, vector.values, 0, y.values, r * n, n);
    }
    onTheWayBack(
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

  @Override
  public Tensor rmsNorm(Tensor x, Parameter weight, double eps, double offset) {
    TensorOps.inGroupsOf(x, weight.columns(), weight.name());
    return timesVector(standardized(mine(x), weight.columns(), eps, false), weight, offset);
  }

  @Override
  public Tensor layerNorm(Tensor x, Parameter weight, Parameter bias, double eps) {
    TensorOps.wide(x, weight.columns(), weight.name());
    PlainTensor scaled = timesVector(standardized(mine(x), weight.columns(), eps, true), weight, 0);
    return plusVector(scaled, parameter(bias));
  }

  /** Each group of n numbers divided by its root mean square, its mean taken off first if asked. */
  private PlainTensor standardized(PlainTensor x, int n, double eps, boolean centred) {
    int groups = x.values.length / n;
    double[] inverse = new double[groups];
    PlainTensor y = result(x.axis(), x.columns(), new double[x.values.length], x);
    for (int k = 0; k < groups; k++) {
      int from = k * n;
      double mean = centred ? sum(x.values, from, n) / n : 0;
      for (int j = from; j < from + n; j++) y.values[j] = x.values[j] - mean;
      double square = MatrixProducts.dot(y.values, from, y.values, from, n) / n;
      inverse[k] = 1 / Math.sqrt(square + eps);
      for (int j = from; j < from + n; j++) y.values[j] *= inverse[k];
    }
    onTheWayBack(
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

  private PlainTensor timesVector(PlainTensor x, Parameter weight, double offset) {
    PlainTensor w = parameter(weight);
    int n = w.values.length;
    PlainTensor y = result(x.axis(), x.columns(), new double[x.values.length], x, w);
    for (int i = 0; i < y.values.length; i++) {
      y.values[i] = x.values[i] * (w.values[i % n] + offset);
    }
    onTheWayBack(
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

  @Override
  public Tensor attention(Attention a, Tensor q, Tensor k, Tensor v) {
    a.check(q, k, v);
    PlainTensor turnedQ = rotated(mine(q), a.heads(), a);
    PlainTensor turnedK = rotated(mine(k), a.kvHeads(), a);
    PlainTensor value = mine(v);
    PlainTensor y =
        result(q.axis(), q.columns(), new double[turnedQ.values.length], turnedQ, turnedK, value);
    PlainAttention attention = new PlainAttention(a, batch.layout(), turnedQ, turnedK, value, y);
    attention.forward();
    onTheWayBack(y, attention::backward);
    return y;
  }

  private PlainTensor rotated(PlainTensor x, int heads, Attention a) {
    Rotary rotary = a.rotary();
    if (rotary == null) return x;
    double[] cos = batch.values(rotary.cos());
    double[] sin = batch.values(rotary.sin());
    PlainTensor y = result(x.axis(), x.columns(), x.values.clone(), x);
    turn(x.values, y.values, heads, a.headDim(), rotary.dims() / 2, cos, sin, 1);
    onTheWayBack(
        y,
        () -> {
          // the way back turns the other way round
          double[] g = y.gradient().clone();
          turn(y.gradient(), g, heads, a.headDim(), rotary.dims() / 2, cos, sin, -1);
          MatrixProducts.addScaled(1, g, 0, x.gradient(), 0, g.length);
        });
    return y;
  }

  /** Writes the leading {@code 2 half} numbers of each head, turned; leaves the others. */
  private static void turn(
      double[] from,
      double[] to,
      int heads,
      int headDim,
      int half,
      double[] cos,
      double[] sin,
      int direction) {
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

  @Override
  public TokenLogProbs tokenLogProbs(
      Tensor hidden, Linear head, double softCap, Index targets, Set<HeadStatistic> wanted) {
    TensorOps.on(hidden, targets.from(), targets.name());
    PlainHead plain =
        new PlainHead(
            this, mine(hidden), head, softCap, batch.layout().values(targets), headRows, wanted);
    boolean tracked =
        mine(hidden).tracked || head.parameters().stream().anyMatch(p -> gradients.of(p) != null);
    PlainTensor logProbs = new PlainTensor(this, hidden.axis(), 1, plain.forward(), tracked, null);
    onTheWayBack(logProbs, () -> plain.backward(logProbs.gradient()));
    Map<HeadStatistic, Tensor> statistics = new HashMap<>();
    plain
        .statistics()
        .forEach(
            (s, values) ->
                statistics.put(s, new PlainTensor(this, hidden.axis(), 1, values, false, null)));
    return new TokenLogProbs(logProbs, statistics);
  }

  private PlainTensor parameter(Parameter p) {
    double[] values = weights.apply(p);
    if (values == null || values.length != p.size()) {
      throw new IllegalArgumentException(
          "weight "
              + p.name()
              + " "
              + p.shape()
              + " was given "
              + (values == null ? "nothing" : values.length + " numbers"));
    }
    double[] gradient = gradients.of(p);
    return new PlainTensor(this, Axis.ONE, p.columns(), values, gradient != null, gradient);
  }

  private PlainTensor mine(Tensor x) {
    if (x instanceof PlainTensor p && p.ops() == this) return p;
    throw new IllegalArgumentException("a tensor of another trace");
  }

  private PlainTensor result(Axis axis, int columns, double[] values, PlainTensor... from) {
    boolean tracked = false;
    for (PlainTensor x : from) tracked |= x.tracked;
    return new PlainTensor(this, axis, columns, values, tracked, null);
  }

  private void onTheWayBack(PlainTensor y, Runnable step) {
    if (y.tracked) tape.add(step);
  }
}
