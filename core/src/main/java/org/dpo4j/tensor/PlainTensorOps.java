package org.dpo4j.tensor;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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

  private final Batch batch;
  private final Function<Parameter, double[]> weights;
  private final Gradients gradients;
  private final int headRows;
  private final PlainTape tape = new PlainTape(this);
  private final PlainElementwise elementwise = new PlainElementwise(tape);
  private final PlainWeighting weighting = new PlainWeighting(tape);

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
    tape.goBack();
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
    PlainTensor y = tape.result(i.from(), n, new double[at.length * n], x);
    for (int r = 0; r < at.length; r++) {
      System.arraycopy(x.values, at[r] * n, y.values, r * n, n);
    }
    tape.onTheWayBack(
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
    return elementwise.sum(mine(a), mine(b));
  }

  @Override
  public Tensor multiply(Tensor a, Tensor b) {
    return elementwise.product(mine(a), mine(b));
  }

  @Override
  public Tensor silu(Tensor x) {
    return elementwise.silu(mine(x));
  }

  @Override
  public Tensor gelu(Tensor x, Gelu kind) {
    return switch (kind) {
      case EXACT -> elementwise.geluExact(mine(x));
      case TANH -> elementwise.geluTanh(mine(x));
    };
  }

  @Override
  public Tensor softCap(Tensor x, double cap) {
    return elementwise.softCap(mine(x), cap);
  }

  @Override
  public Tensor columns(Tensor argument, int groups, int start, int width) {
    PlainTensor x = mine(argument);
    TensorOps.inGroups(x, groups, start, width);
    int stride = x.columns() / groups;
    int all = x.rows() * groups;
    PlainTensor y = tape.result(x.axis(), groups * width, new double[all * width], x);
    for (int g = 0; g < all; g++) {
      System.arraycopy(x.values, g * stride + start, y.values, g * width, width);
    }
    tape.onTheWayBack(
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
    PlainTensor y = weighting.product(x, parameter(l.weight()), l.storedInOut());
    Parameter bias = l.bias();
    if (bias != null) y = weighting.plus(y, parameter(bias));
    LowRank adapter = l.adapter();
    if (adapter == null) return y;
    PlainTensor narrow = weighting.product(x, parameter(adapter.a()), false);
    PlainTensor low = weighting.product(narrow, parameter(adapter.b()), false);
    return y.plus(low.times(adapter.scaling()));
  }

  @Override
  public Tensor rmsNorm(Tensor x, Parameter weight, double eps, double offset) {
    TensorOps.inGroupsOf(x, weight.columns(), weight.name());
    PlainTensor y = PlainNorm.standardized(tape, mine(x), weight.columns(), eps, false);
    return weighting.times(y, parameter(weight), offset);
  }

  @Override
  public Tensor layerNorm(Tensor x, Parameter weight, Parameter bias, double eps) {
    TensorOps.wide(x, weight.columns(), weight.name());
    PlainTensor y = PlainNorm.standardized(tape, mine(x), weight.columns(), eps, true);
    return weighting.plus(weighting.times(y, parameter(weight), 0), parameter(bias));
  }

  @Override
  public Tensor attention(Attention a, Tensor q, Tensor k, Tensor v) {
    a.check(q, k, v);
    PlainTensor turnedQ = rotated(mine(q), a);
    PlainTensor turnedK = rotated(mine(k), a);
    PlainTensor value = mine(v);
    PlainTensor y =
        tape.result(
            q.axis(), q.columns(), new double[turnedQ.values.length], turnedQ, turnedK, value);
    PlainAttention attention = new PlainAttention(a, batch.layout(), turnedQ, turnedK, value, y);
    attention.forward();
    tape.onTheWayBack(y, attention::backward);
    return y;
  }

  private PlainTensor rotated(PlainTensor x, Attention a) {
    Rotary rotary = a.rotary();
    if (rotary == null) return x;
    double[] cos = batch.values(rotary.cos());
    double[] sin = batch.values(rotary.sin());
    return new PlainRotation(a.headDim(), rotary.dims() / 2, cos, sin).of(tape, x);
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
    tape.onTheWayBack(logProbs, () -> plain.backward(logProbs.gradient()));
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
}
