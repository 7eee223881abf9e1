package org.dpo4j.djl;

import static org.dpo4j.djl.DjlTensor.array;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.LowRank;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Rotary;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;
import org.dpo4j.tensor.TokenLogProbs;
import org.jspecify.annotations.Nullable;

/**
 * Runs a trace on one batch, operation by operation. Every result belongs to the scope, which may
 * be closed before the way back: a tape keeps what it needs by itself.
 */
final class DjlTensorOps implements TensorOps {
  private final PtNDManager scope;
  private final Kernels kernels;
  private final Function<Parameter, PtNDArray> weights;
  private final BatchArrays batch;
  private final @Nullable Tape tape;
  private final @Nullable TapedOps taped;
  private final boolean fast;

  /** Ways back that are written out; null where there are none, or all are left to autograd. */
  private final @Nullable TapedOps written;

  /**
   * @param tape told of every operation; null where there is no way back
   * @param fast whether ways back that are written out may be taken
   */
  DjlTensorOps(
      PtNDManager scope,
      Kernels kernels,
      Function<Parameter, PtNDArray> weights,
      BatchArrays batch,
      @Nullable Tape tape,
      boolean fast) {
    this.scope = scope;
    this.kernels = kernels;
    this.weights = weights;
    this.batch = batch;
    this.tape = tape;
    taped = tape == null ? null : new TapedOps(tape, scope);
    written = fast ? taped : null;
    this.fast = fast;
  }

  /** An array as a tensor of this trace. */
  DjlTensor tensor(PtNDArray array, Axis axis, int columns) {
    return new DjlTensor(this, array, axis, columns);
  }

  private DjlTensor run(Axis axis, int columns, String kernel, @Nullable Object... arguments) {
    return tensor(plain(kernel, arguments), axis, columns);
  }

  private PtNDArray plain(String kernel, @Nullable Object... arguments) {
    return taped == null ? kernels.tensor(scope, kernel, arguments) : taped.run(kernel, arguments);
  }

  private @Nullable PtNDArray weight(@Nullable Parameter p) {
    if (p == null) return null;
    PtNDArray weight = weights.apply(p);
    return tape == null ? weight : tape.whole(p, weight);
  }

  @Override
  public Tensor column(Column c) {
    return tensor(batch.column(c), c.axis(), c.width());
  }

  @Override
  public Tensor constant(double c) {
    return tensor(
        NativeArrays.numbers(scope, batch.type(), new double[] {c}, 0, 1, 1), Axis.ONE, 1);
  }

  @Override
  public Tensor gather(Tensor x, Index i) {
    TensorOps.on(x, i.to(), "gather by " + i.name());
    return run(i.from(), x.columns(), "gather", array(x), batch.index(i));
  }

  @Override
  public Tensor add(Tensor a, Tensor b) {
    if (written == null) return elementwise("add", a, b);
    Tensor shape = TensorOps.join(a, b);
    return tensor(written.add(array(a), array(b)), shape.axis(), shape.columns());
  }

  @Override
  public Tensor multiply(Tensor a, Tensor b) {
    if (written == null) return elementwise("multiply", a, b);
    Tensor shape = TensorOps.join(a, b);
    return tensor(written.multiply(array(a), array(b)), shape.axis(), shape.columns());
  }

  private Tensor elementwise(String kernel, Tensor a, Tensor b) {
    Tensor shape = TensorOps.join(a, b);
    return run(shape.axis(), shape.columns(), kernel, array(a), array(b));
  }

  @Override
  public Tensor silu(Tensor x) {
    if (written != null) return tensor(written.silu(array(x)), x.axis(), x.columns());
    return run(x.axis(), x.columns(), "silu", array(x));
  }

  @Override
  public Tensor gelu(Tensor x, Gelu kind) {
    String kernel =
        switch (kind) {
          case EXACT -> "gelu_exact";
          case TANH -> "gelu_tanh";
        };
    return run(x.axis(), x.columns(), kernel, array(x));
  }

  @Override
  public Tensor softCap(Tensor x, double cap) {
    return run(x.axis(), x.columns(), "soft_cap", array(x), cap);
  }

  @Override
  public Tensor columns(Tensor x, int groups, int start, int width) {
    TensorOps.inGroups(x, groups, start, width);
    return run(x.axis(), groups * width, "columns", array(x), groups, start, width);
  }

  @Override
  public Tensor embedding(Parameter table, Index i) {
    PtNDArray rows =
        written == null
            ? plain("embedding", weight(table), batch.index(i))
            : written.embedding(table, weights.apply(table), batch.index(i));
    return tensor(rows, i.from(), table.columns());
  }

  @Override
  public Tensor linear(Tensor x, Linear l) {
    TensorOps.wide(x, l.in(), l.weight().name());
    DjlTensor y = tensor(product(array(x), l), x.axis(), l.out());
    LowRank adapter = l.adapter();
    if (adapter == null) return y;
    return y.plus(
        run(
            x.axis(),
            l.out(),
            "low_rank",
            array(x),
            weight(adapter.a()),
            weight(adapter.b()),
            adapter.scaling()));
  }

  private PtNDArray product(PtNDArray x, Linear l) {
    if (written == null) {
      PtNDArray stored = weight(l.weight());
      PtNDArray outIn = l.storedInOut() ? plain("transposed", stored) : stored;
      return plain("linear", x, outIn, weight(l.bias()));
    }
    PtNDArray weight = weights.apply(l.weight());
    if (l.storedInOut()) weight = kernels.tensor(written.scope(), "transposed", weight);
    PtNDArray bias = l.bias() == null ? null : weights.apply(l.bias());
    return written.linear(x, l, weight, bias);
  }

  @Override
  public Tensor rmsNorm(Tensor x, Parameter weight, double eps, double offset) {
    TensorOps.inGroupsOf(x, weight.columns(), weight.name());
    return tensor(normed(array(x), weight, eps, offset), x.axis(), x.columns());
  }

  private PtNDArray normed(PtNDArray x, Parameter weight, double eps, double offset) {
    if (!fast) return plain("plain_rms_norm", x, weight(weight), eps, offset);
    PtNDArray w = weights.apply(weight);
    return written == null
        ? plain("rms_norm", x, w, eps, offset)
        : written.rmsNorm(x, weight, w, eps, offset);
  }

  @Override
  public Tensor layerNorm(Tensor x, Parameter weight, Parameter bias, double eps) {
    return run(x.axis(), x.columns(), "layer_norm", array(x), weight(weight), weight(bias), eps);
  }

  @Override
  public Tensor attention(Attention a, Tensor q, Tensor k, Tensor v) {
    a.check(q, k, v);
    BatchArrays.Blocks blocks = batch.blocks(a.window(), a.softCap() > 0);
    return run(
        Axis.TOKENS,
        a.heads() * a.headDim(),
        "attention",
        rotated(array(q), a.rotary(), a.heads()),
        rotated(array(k), a.rotary(), a.kvHeads()),
        array(v),
        blocks.sizes(),
        blocks.spans(),
        blocks.bounds(),
        blocks.masks(),
        a.heads(),
        a.kvHeads(),
        a.scale(),
        a.softCap());
  }

  private PtNDArray rotated(PtNDArray x, @Nullable Rotary by, int heads) {
    if (by == null) return x;
    PtNDArray cos = batch.column(by.cos());
    PtNDArray sin = batch.column(by.sin());
    if (!fast) return plain("plain_rotated", x, cos, sin, heads);
    return written == null
        ? plain("rotated", x, cos, sin, heads, 1.0)
        : written.rotated(x, cos, sin, heads);
  }

  @Override
  public TokenLogProbs tokenLogProbs(
      Tensor hidden, Linear head, double softCap, Index targets, Set<HeadStatistic> wanted) {
    TensorOps.on(hidden, targets.from(), "tokenLogProbs");
    Tensor scores = linear(hidden, head);
    Tensor logits = softCap > 0 ? softCap(scores, softCap) : scores;
    PtNDArray ids = batch.index(targets);
    Map<HeadStatistic, Tensor> statistics = new EnumMap<>(HeadStatistic.class);
    for (HeadStatistic s : wanted) {
      statistics.put(s, run(hidden.axis(), 1, kernelOf(s), array(logits), ids));
    }
    return new TokenLogProbs(
        run(hidden.axis(), 1, "token_log_probs", array(logits), ids), statistics);
  }

  /** The kernel that computes a statistic of logits and targets. */
  static String kernelOf(HeadStatistic s) {
    return s.name().toLowerCase(Locale.ROOT);
  }
}
