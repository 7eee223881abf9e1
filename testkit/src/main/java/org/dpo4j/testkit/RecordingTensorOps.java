package org.dpo4j.testkit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;
import org.dpo4j.tensor.TokenLogProbs;

/**
 * Writes a trace down, as an engine that builds a graph does, and replays it on other operations. A
 * model that takes a number from a batch into its trace gives wrong numbers when it is replayed on
 * a batch of another shape. Tells by the way which parameters were read.
 */
public final class RecordingTensorOps implements TensorOps {
  private final List<Function<Replay, Tensor>> steps = new ArrayList<>();
  private final Set<Parameter> parameters = new LinkedHashSet<>();

  private record Recorded(RecordingTensorOps ops, int step, Axis axis, int columns)
      implements Tensor {}

  /** One run of what was recorded. */
  public final class Replay {
    private final TensorOps ops;
    private final List<Tensor> results = new ArrayList<>();
    private final List<TokenLogProbs> heads = new ArrayList<>();

    private Replay(TensorOps ops) {
      this.ops = ops;
      for (Function<Replay, Tensor> step : steps) results.add(step.apply(this));
    }

    /** What a tensor of the recording became. */
    public Tensor of(Tensor recorded) {
      return results.get(mine(recorded).step);
    }
  }

  /** Runs what was recorded on other operations. */
  public Replay replay(TensorOps ops) {
    return new Replay(ops);
  }

  /** What was read, in the order of first use. */
  public Set<Parameter> parameters() {
    return parameters;
  }

  private Recorded record(Axis axis, int columns, Function<Replay, Tensor> step) {
    steps.add(step);
    return new Recorded(this, steps.size() - 1, axis, columns);
  }

  private Recorded like(Tensor x, Function<Replay, Tensor> step) {
    return record(mine(x).axis, x.columns(), step);
  }

  private Recorded mine(Tensor x) {
    if (x instanceof Recorded r && r.ops == this) return r;
    throw new IllegalArgumentException("a tensor of another trace");
  }

  @Override
  public Tensor column(Column c) {
    return record(c.axis(), c.width(), r -> r.ops.column(c));
  }

  @Override
  public Tensor constant(double c) {
    return record(Axis.ONE, 1, r -> r.ops.constant(c));
  }

  @Override
  public Tensor gather(Tensor x, Index i) {
    TensorOps.on(x, i.to(), i.name());
    return record(i.from(), x.columns(), r -> r.ops.gather(r.of(x), i));
  }

  @Override
  public Tensor add(Tensor a, Tensor b) {
    return like(TensorOps.join(a, b), r -> r.ops.add(r.of(a), r.of(b)));
  }

  @Override
  public Tensor multiply(Tensor a, Tensor b) {
    return like(TensorOps.join(a, b), r -> r.ops.multiply(r.of(a), r.of(b)));
  }

  @Override
  public Tensor silu(Tensor x) {
    return like(x, r -> r.ops.silu(r.of(x)));
  }

  @Override
  public Tensor gelu(Tensor x, Gelu kind) {
    return like(x, r -> r.ops.gelu(r.of(x), kind));
  }

  @Override
  public Tensor softCap(Tensor x, double cap) {
    return like(x, r -> r.ops.softCap(r.of(x), cap));
  }

  @Override
  public Tensor columns(Tensor x, int groups, int start, int width) {
    TensorOps.inGroups(x, groups, start, width);
    return record(x.axis(), groups * width, r -> r.ops.columns(r.of(x), groups, start, width));
  }

  @Override
  public Tensor embedding(Parameter table, Index i) {
    parameters.add(table);
    return record(i.from(), table.columns(), r -> r.ops.embedding(table, i));
  }

  @Override
  public Tensor linear(Tensor x, Linear l) {
    TensorOps.wide(x, l.in(), l.weight().name());
    parameters.addAll(l.parameters());
    return record(x.axis(), l.out(), r -> r.ops.linear(r.of(x), l));
  }

  @Override
  public Tensor rmsNorm(Tensor x, Parameter weight, double eps, double offset) {
    TensorOps.inGroupsOf(x, weight.columns(), weight.name());
    parameters.add(weight);
    return like(x, r -> r.ops.rmsNorm(r.of(x), weight, eps, offset));
  }

  @Override
  public Tensor layerNorm(Tensor x, Parameter weight, Parameter bias, double eps) {
    TensorOps.wide(x, weight.columns(), weight.name());
    parameters.addAll(List.of(weight, bias));
    return like(x, r -> r.ops.layerNorm(r.of(x), weight, bias, eps));
  }

  @Override
  public Tensor attention(Attention a, Tensor q, Tensor k, Tensor v) {
    a.check(q, k, v);
    return like(q, r -> r.ops.attention(a, r.of(q), r.of(k), r.of(v)));
  }

  @Override
  public TokenLogProbs tokenLogProbs(
      Tensor hidden, Linear head, double softCap, Index targets, Set<HeadStatistic> wanted) {
    TensorOps.on(hidden, targets.from(), targets.name());
    TensorOps.wide(hidden, head.in(), head.weight().name());
    parameters.addAll(head.parameters());
    Tensor logProbs =
        record(
            targets.from(),
            1,
            r -> {
              r.heads.add(r.ops.tokenLogProbs(r.of(hidden), head, softCap, targets, wanted));
              return r.heads.get(r.heads.size() - 1).logProbs();
            });
    Map<HeadStatistic, Tensor> statistics = new EnumMap<>(HeadStatistic.class);
    for (HeadStatistic s : wanted) {
      // runs right after the step above, which left its answer
      statistics.put(
          s,
          record(
              targets.from(),
              1,
              r -> {
                Tensor told = r.heads.get(r.heads.size() - 1).statistics().get(s);
                if (told == null) throw new IllegalStateException(s + " was asked for, not told");
                return told;
              }));
    }
    return new TokenLogProbs(logProbs, statistics);
  }
}
