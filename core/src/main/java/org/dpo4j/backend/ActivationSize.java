package org.dpo4j.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.CausalTransformer.Stage;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;
import org.dpo4j.tensor.TokenLogProbs;

/**
 * The numbers that a stage's operations give for each row, counted by tracing the model once: what
 * an engine keeps for the way back, but for a factor of its own for each kind of operation.
 *
 * @param norms of normalizations
 * @param attention of attention
 * @param heads of attention: for each, an engine may keep a score of every token that is seen
 * @param others of all other operations
 * @param gates of these others, {@code silu(x)} and {@code silu(x) y}
 * @param out of the stage's result
 */
public record ActivationSize(
    long norms, long attention, long heads, long others, long gates, int out) {
  /** Of each stage, for each token; the last one is what comes before the head's projection. */
  public static List<ActivationSize> of(CausalTransformer model) {
    List<ActivationSize> sizes = new ArrayList<>();
    Counting ops = new Counting();
    Tensor x = null;
    for (Stage stage : model.stages()) {
      x = stage.body().apply(ops, x);
      sizes.add(ops.taken(x.columns()));
    }
    if (x == null) throw new IllegalStateException("a model without stages");
    sizes.add(ops.taken(model.head().hidden(ops, x).columns()));
    return sizes;
  }

  private record Counted(TensorOps ops, Axis axis, int columns, String kind) implements Tensor {}

  private static final class Counting implements TensorOps {
    private final Map<String, Long> columns = new TreeMap<>();

    /** What was counted since the last call. */
    ActivationSize taken(int out) {
      ActivationSize size =
          new ActivationSize(
              of("norm"),
              of("attention"),
              of("heads"),
              of("other") + of("silu") + of("gate"),
              of("silu") + of("gate"),
              out);
      columns.clear();
      return size;
    }

    private long of(String kind) {
      return columns.getOrDefault(kind, 0L);
    }

    private Tensor made(String kind, Axis axis, int width) {
      if (!axis.equals(Axis.ONE)) columns.merge(kind, (long) width, Long::sum);
      return new Counted(this, axis, width, kind);
    }

    private Tensor other(Axis axis, int width) {
      return made("other", axis, width);
    }

    @Override
    public Tensor column(Column c) {
      return new Counted(this, c.axis(), c.width(), "input");
    }

    @Override
    public Tensor constant(double c) {
      return new Counted(this, Axis.ONE, 1, "input");
    }

    @Override
    public Tensor gather(Tensor x, Index i) {
      return other(i.from(), x.columns());
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
      Tensor shape = TensorOps.join(a, b);
      return other(shape.axis(), shape.columns());
    }

    @Override
    public Tensor multiply(Tensor a, Tensor b) {
      Tensor shape = TensorOps.join(a, b);
      return made(
          ((Counted) a).kind().equals("silu") ? "gate" : "other", shape.axis(), shape.columns());
    }

    @Override
    public Tensor silu(Tensor x) {
      return made("silu", x.axis(), x.columns());
    }

    @Override
    public Tensor gelu(Tensor x, Gelu kind) {
      return other(x.axis(), x.columns());
    }

    @Override
    public Tensor softCap(Tensor x, double cap) {
      return other(x.axis(), x.columns());
    }

    @Override
    public Tensor columns(Tensor x, int groups, int start, int width) {
      return other(x.axis(), groups * width);
    }

    @Override
    public Tensor embedding(Parameter table, Index i) {
      return other(i.from(), table.columns());
    }

    @Override
    public Tensor linear(Tensor x, Linear l) {
      return other(x.axis(), l.out());
    }

    @Override
    public Tensor rmsNorm(Tensor x, Parameter weight, double eps, double offset) {
      return made("norm", x.axis(), x.columns());
    }

    @Override
    public Tensor layerNorm(Tensor x, Parameter weight, Parameter bias, double eps) {
      return made("norm", x.axis(), x.columns());
    }

    @Override
    public Tensor attention(Attention a, Tensor q, Tensor k, Tensor v) {
      columns.merge("heads", (long) a.heads(), Long::sum);
      return made("attention", q.axis(), a.heads() * a.headDim());
    }

    @Override
    public TokenLogProbs tokenLogProbs(
        Tensor hidden, Linear head, double softCap, Index targets, Set<HeadStatistic> wanted) {
      throw new IllegalStateException("the head is not a stage");
    }
  }
}
