package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.LowRank;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;
import org.dpo4j.tensor.TokenLogProbs;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Traces a model into a TensorFlow graph. Only operations with a right gradient are used
 * (log-softmax has one at rank 2 only; where, gelu and custom gradients are avoided).
 */
final class TensorFlowOps implements TensorOps {
  private final Ops tf;
  private final GraphInputs inputs;
  private final Variables weights;
  private final List<Read> reads = new ArrayList<>();

  /** A read of a weight in this trace. */
  record Read(Parameter parameter, Operand<TFloat32> value) {}

  private record Value(TensorFlowOps ops, Operand<TFloat32> operand, Axis axis, int columns)
      implements Tensor {}

  /**
   * A trace.
   *
   * @param tf where operations are added; may carry control dependencies
   */
  TensorFlowOps(Ops tf, GraphInputs inputs, Variables weights) {
    this.tf = tf;
    this.inputs = inputs;
    this.weights = weights;
  }

  /** The weights that were read, a read each. */
  List<Read> reads() {
    return reads;
  }

  /** The graph's value of a tensor, {@code [axis, columns]}. */
  Operand<TFloat32> operand(Tensor x) {
    if (x instanceof Value v && v.ops == this) return v.operand;
    throw new IllegalArgumentException("a tensor of another trace");
  }

  /** A value from outside this trace. */
  Tensor input(Operand<TFloat32> value, Axis axis, int columns) {
    return new Value(this, value, axis, columns);
  }

  private Tensor like(Tensor x, Operand<TFloat32> value) {
    return new Value(this, value, x.axis(), x.columns());
  }

  private Operand<TFloat32> parameter(Parameter p) {
    Operand<TFloat32> value = weights.read(tf, p);
    reads.add(new Read(p, value));
    return value;
  }

  private Operand<TFloat32> number(double c) {
    return tf.constant((float) c);
  }

  private Operand<TInt32> ints(int... values) {
    return tf.constant(values);
  }

  private Operand<TInt32> axis(int axis) {
    return tf.constant(axis);
  }

  @Override
  public Tensor column(Column c) {
    return new Value(this, inputs.column(c), c.axis(), c.width());
  }

  @Override
  public Tensor constant(double c) {
    return new Value(this, number(c), Axis.ONE, 1);
  }

  @Override
  public Tensor gather(Tensor x, Index i) {
    TensorOps.on(x, i.to(), i.name());
    return new Value(this, tf.gather(operand(x), inputs.index(i), axis(0)), i.from(), x.columns());
  }

  @Override
  public Tensor embedding(Parameter table, Index i) {
    return new Value(
        this, tf.gather(parameter(table), inputs.index(i), axis(0)), i.from(), table.columns());
  }

  @Override
  public Tensor add(Tensor a, Tensor b) {
    return like(TensorOps.join(a, b), tf.math.add(operand(a), operand(b)));
  }

  @Override
  public Tensor multiply(Tensor a, Tensor b) {
    return like(TensorOps.join(a, b), tf.math.mul(operand(a), operand(b)));
  }

  @Override
  public Tensor silu(Tensor x) {
    return like(x, tf.math.mul(operand(x), tf.math.sigmoid(operand(x))));
  }

  @Override
  public Tensor gelu(Tensor x, Gelu kind) {
    Operand<TFloat32> v = operand(x);
    Operand<TFloat32> bent =
        switch (kind) {
          case EXACT -> tf.math.erf(tf.math.mul(v, number(Math.sqrt(0.5))));
          case TANH -> {
            Operand<TFloat32> cube = tf.math.mul(tf.math.square(v), v);
            Operand<TFloat32> sum = tf.math.add(v, tf.math.mul(cube, number(0.044715)));
            yield tf.math.tanh(tf.math.mul(sum, number(Math.sqrt(2 / Math.PI))));
          }
        };
    return like(x, tf.math.mul(tf.math.mul(v, number(0.5)), tf.math.add(bent, number(1))));
  }

  @Override
  public Tensor softCap(Tensor x, double cap) {
    return like(x, capped(operand(x), cap));
  }

  private Operand<TFloat32> capped(Operand<TFloat32> x, double cap) {
    if (cap == 0) return x;
    return tf.math.mul(tf.math.tanh(tf.math.mul(x, number(1 / cap))), number(cap));
  }

  @Override
  public Tensor columns(Tensor x, int groups, int start, int width) {
    TensorOps.inGroups(x, groups, start, width);
    Operand<TFloat32> grouped = tf.reshape(operand(x), ints(-1, groups, x.columns() / groups));
    Operand<TFloat32> cut = tf.slice(grouped, ints(0, 0, start), ints(-1, -1, width));
    return new Value(this, rows(cut, groups * width), x.axis(), groups * width);
  }

  private Operand<TFloat32> rows(Operand<TFloat32> x, int columns) {
    return tf.reshape(x, ints(-1, columns));
  }

  @Override
  public Tensor linear(Tensor x, Linear l) {
    TensorOps.wide(x, l.in(), l.weight().name());
    return new Value(this, projected(operand(x), l), x.axis(), l.out());
  }

  private Operand<TFloat32> projected(Operand<TFloat32> x, Linear l) {
    Operand<TFloat32> y = product(x, parameter(l.weight()), !l.storedInOut());
    if (l.bias() != null) y = tf.math.add(y, parameter(l.bias()));
    LowRank adapter = l.adapter();
    if (adapter == null) return y;
    Operand<TFloat32> low = product(x, parameter(adapter.a()), true);
    Operand<TFloat32> high = product(low, parameter(adapter.b()), true);
    return tf.math.add(y, tf.math.mul(high, number(adapter.scaling())));
  }

  private Operand<TFloat32> product(
      Operand<TFloat32> x, Operand<TFloat32> weight, boolean transposed) {
    return tf.linalg.matMul(x, weight, MatMul.transposeB(transposed));
  }

  @Override
  public Tensor rmsNorm(Tensor x, Parameter weight, double eps, double offset) {
    TensorOps.inGroupsOf(x, weight.columns(), weight.name());
    Operand<TFloat32> scale = parameter(weight);
    if (offset != 0) scale = tf.math.add(scale, number(offset));
    Operand<TFloat32> grouped = rows(operand(x), weight.columns());
    return like(x, rows(tf.math.mul(unit(grouped, eps), scale), x.columns()));
  }

  /** {@code x / sqrt(mean(x^2) + eps)}, row by row. */
  private Operand<TFloat32> unit(Operand<TFloat32> x, double eps) {
    Operand<TFloat32> square = tf.math.add(mean(tf.math.square(x)), number(eps));
    return tf.math.mul(x, tf.math.rsqrt(square));
  }

  private Operand<TFloat32> mean(Operand<TFloat32> x) {
    return tf.math.mean(x, axis(-1), Mean.keepDims(true));
  }

  @Override
  public Tensor layerNorm(Tensor x, Parameter weight, Parameter bias, double eps) {
    TensorOps.wide(x, weight.columns(), weight.name());
    Operand<TFloat32> centred = tf.math.sub(operand(x), mean(operand(x)));
    Operand<TFloat32> scaled = tf.math.mul(unit(centred, eps), parameter(weight));
    return like(x, tf.math.add(scaled, parameter(bias)));
  }

  @Override
  public Tensor attention(Attention a, Tensor q, Tensor k, Tensor v) {
    a.check(q, k, v);
    Operand<TFloat32> tokens =
        new AttentionGraph(tf, a, inputs).tokens(operand(q), operand(k), operand(v));
    return like(q, tokens);
  }

  @Override
  public TokenLogProbs tokenLogProbs(
      Tensor hidden, Linear head, double softCap, Index targets, Set<HeadStatistic> wanted) {
    TensorOps.on(hidden, targets.from(), targets.name());
    return tokenLogProbs(hidden, head, softCap, inputs.index(targets), wanted);
  }

  /** The same with targets from outside: of a part of the predictions. */
  TokenLogProbs tokenLogProbs(
      Tensor hidden,
      Linear head,
      double softCap,
      Operand<TInt32> targets,
      Set<HeadStatistic> wanted) {
    Operand<TFloat32> logits = logits(hidden, head, softCap);
    Operand<TFloat32> logProbs = tf.nn.logSoftmax(logits);
    Operand<TInt32> count = tf.gather(tf.shape(targets), axis(0), axis(0));
    Operand<TInt32> numbers = tf.range(axis(0), count, axis(1));
    Operand<TInt32> places = tf.stack(List.of(numbers, targets), Stack.axis(1L));
    Map<HeadStatistic, Tensor> statistics = new EnumMap<>(HeadStatistic.class);
    for (HeadStatistic s : wanted) {
      statistics.put(s, vector(hidden, statistic(s, logits, logProbs, targets)));
    }
    return new TokenLogProbs(vector(hidden, tf.gatherNd(logProbs, places)), statistics);
  }

  /** {@code [predictions, vocabulary]}. */
  Operand<TFloat32> logits(Tensor hidden, Linear head, double softCap) {
    TensorOps.wide(hidden, head.in(), head.weight().name());
    return capped(projected(operand(hidden), head), softCap);
  }

  private Tensor vector(Tensor hidden, Operand<TFloat32> values) {
    return new Value(this, values, hidden.axis(), 1);
  }

  private Operand<TFloat32> statistic(
      HeadStatistic s,
      Operand<TFloat32> logits,
      Operand<TFloat32> logProbs,
      Operand<TInt32> targets) {
    Operand<TInt32> row = axis(1);
    return switch (s) {
      case LOG_SUM_SQUARED_PROBS ->
          tf.math.log(tf.reduceSum(tf.math.exp(tf.math.mul(logProbs, number(2))), row));
      case ENTROPY -> tf.math.neg(tf.reduceSum(tf.math.mul(tf.math.exp(logProbs), logProbs), row));
      case MEAN_LOGIT -> tf.math.mean(logits, row);
      case TOP1_IS_TARGET ->
          tf.dtypes.cast(
              tf.math.equal(tf.math.argMax(logits, row, TInt32.class), targets), TFloat32.class);
    };
  }
}
