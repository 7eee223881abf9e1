package org.dpo4j.onnx;

import static org.dpo4j.onnx.GraphBuilder.CONTRIB;
import static org.dpo4j.onnx.GraphBuilder.FLOAT;
import static org.dpo4j.onnx.GraphBuilder.INT32;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
import org.dpo4j.tensor.Rotary;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;
import org.dpo4j.tensor.TokenLogProbs;
import org.jspecify.annotations.Nullable;

/**
 * Traces a model into an ONNX graph. Inputs are the indexes and columns of a batch, and those of
 * {@link TiledAttention}. Uses ONNX Runtime's own kernels where they are faster than the standard
 * operators and equal.
 */
final class OnnxTensorOps implements TensorOps {
  private final GraphBuilder graph;
  private final Initializers initializers;
  private final boolean fastPaths;
  private final Set<Index> indexes = new LinkedHashSet<>();
  private final Map<String, Column> columns = new LinkedHashMap<>();
  private @Nullable TiledAttention attention;

  /** A value of the graph. A sum is only written down when somebody reads it: a norm fuses it. */
  private final class Value implements Tensor {
    private final Axis axis;
    private final int columns;
    private @Nullable String name;
    private final List<String> terms;

    Value(Axis axis, int columns, @Nullable String name, List<String> terms) {
      this.axis = axis;
      this.columns = columns;
      this.name = name;
      this.terms = terms;
    }

    String name() {
      if (name == null) name = graph.node("Add", terms);
      return name;
    }

    boolean isOpenSum() {
      return name == null;
    }

    @Override
    public TensorOps ops() {
      return OnnxTensorOps.this;
    }

    @Override
    public Axis axis() {
      return axis;
    }

    @Override
    public int columns() {
      return columns;
    }
  }

  /**
   * A trace into a graph.
   *
   * @param fastPaths whether attention is computed in small tiles
   */
  OnnxTensorOps(GraphBuilder graph, Initializers initializers, boolean fastPaths) {
    this.graph = graph;
    this.initializers = initializers;
    this.fastPaths = fastPaths;
  }

  /** The indexes that a batch must bring. */
  Set<Index> indexes() {
    return indexes;
  }

  /** The columns that a batch must bring. */
  Iterable<Column> columns() {
    return columns.values();
  }

  /** Which tiles must be fed; null where nothing attends. */
  @Nullable TiledAttention attention() {
    return attention;
  }

  /** The name of a value in the graph. */
  String name(Tensor x) {
    return mine(x).name();
  }

  /** A value from outside. */
  Tensor input(String name, Axis axis, int width) {
    return value(graph.input(name, FLOAT, axis.name(), width), axis, width);
  }

  private Value mine(Tensor x) {
    if (x instanceof Value v && v.ops() == this) return v;
    throw new IllegalArgumentException("a tensor of another trace");
  }

  private Value value(String name, Axis axis, int columns) {
    return new Value(axis, columns, name, List.of());
  }

  private Value like(Tensor x, String name) {
    return value(name, x.axis(), x.columns());
  }

  private String index(Index i) {
    if (indexes.add(i)) graph.input(i.name(), INT32, i.from().name());
    return i.name();
  }

  private String parameter(Parameter p) {
    return initializers.name(p, graph);
  }

  @Override
  public Tensor column(Column c) {
    if (columns.put(c.name(), c) == null) graph.input(c.name(), FLOAT, c.axis().name(), c.width());
    return value(c.name(), c.axis(), c.width());
  }

  @Override
  public Tensor constant(double c) {
    return value(graph.scalar(c), Axis.ONE, 1);
  }

  @Override
  public Tensor gather(Tensor x, Index i) {
    TensorOps.on(x, i.to(), i.name());
    return value(graph.rows(name(x), index(i)), i.from(), x.columns());
  }

  @Override
  public Tensor embedding(Parameter table, Index i) {
    return value(graph.rows(parameter(table), index(i)), i.from(), table.columns());
  }

  @Override
  public Tensor add(Tensor a, Tensor b) {
    Tensor shape = TensorOps.join(a, b);
    List<String> terms = List.of(name(a), name(b));
    boolean fusible = !a.axis().equals(Axis.ONE) && !b.axis().equals(Axis.ONE);
    return new Value(
        shape.axis(), shape.columns(), fusible ? null : graph.node("Add", terms), terms);
  }

  @Override
  public Tensor multiply(Tensor a, Tensor b) {
    return like(TensorOps.join(a, b), graph.node("Mul", List.of(name(a), name(b))));
  }

  @Override
  public Tensor silu(Tensor x) {
    return like(x, graph.contrib("QuickGelu", List.of(name(x)), "alpha", 1.0));
  }

  @Override
  public Tensor gelu(Tensor x, Gelu kind) {
    return like(
        x,
        switch (kind) {
          case EXACT -> graph.contrib("Gelu", List.of(name(x)));
          case TANH -> graph.contrib("FastGelu", List.of(name(x)));
        });
  }

  @Override
  public Tensor softCap(Tensor x, double cap) {
    return like(x, capped(graph, name(x), cap));
  }

  private static String capped(GraphBuilder g, String x, double cap) {
    if (cap == 0) return x;
    String bent = g.node("Tanh", List.of(g.node("Mul", List.of(x, g.scalar(1 / cap)))));
    return g.node("Mul", List.of(bent, g.scalar(cap)));
  }

  @Override
  public Tensor columns(Tensor x, int groups, int start, int width) {
    TensorOps.inGroups(x, groups, start, width);
    String grouped = graph.shaped(name(x), -1, groups, x.columns() / groups);
    String cut = graph.slice(grouped, 2, graph.int64(start), graph.int64(start + width));
    return value(graph.shaped(cut, -1, (long) groups * width), x.axis(), groups * width);
  }

  @Override
  public Tensor linear(Tensor x, Linear l) {
    TensorOps.wide(x, l.in(), l.weight().name());
    return value(projected(graph, name(x), l), x.axis(), l.out());
  }

  private String projected(GraphBuilder g, String x, Linear l) {
    List<String> inputs = new ArrayList<>(List.of(x, parameter(l.weight())));
    if (l.bias() != null) inputs.add(parameter(l.bias()));
    String y = g.node("Gemm", inputs, "transB", l.storedInOut() ? 0 : 1);
    LowRank adapter = l.adapter();
    if (adapter == null) return y;
    String low = g.node("Gemm", List.of(x, parameter(adapter.a())), "transB", 1);
    return g.node(
        "Gemm", List.of(low, parameter(adapter.b()), y), "transB", 1, "alpha", adapter.scaling());
  }

  @Override
  public Tensor rmsNorm(Tensor x, Parameter weight, double eps, double offset) {
    TensorOps.inGroupsOf(x, weight.columns(), weight.name());
    String scale = parameter(weight);
    if (offset != 0) scale = graph.node("Add", List.of(scale, graph.scalar(offset)));
    boolean wholeRow = weight.columns() == x.columns();
    Value v = mine(x);
    if (wholeRow && v.isOpenSum()) {
      List<String> both =
          graph.nodes(
              CONTRIB,
              "SkipSimplifiedLayerNormalization",
              4,
              List.of(v.terms.get(0), v.terms.get(1), scale),
              "epsilon",
              eps);
      v.name = both.get(3);
      return like(x, both.get(0));
    }
    String rows = wholeRow ? v.name() : graph.shaped(v.name(), -1, weight.columns());
    String normed =
        graph.node(
            "SimplifiedLayerNormalization", List.of(rows, scale), "axis", -1, "epsilon", eps);
    return like(x, wholeRow ? normed : graph.shaped(normed, -1, x.columns()));
  }

  @Override
  public Tensor layerNorm(Tensor x, Parameter weight, Parameter bias, double eps) {
    TensorOps.wide(x, weight.columns(), weight.name());
    return like(
        x,
        graph.node(
            "LayerNormalization",
            List.of(name(x), parameter(weight), parameter(bias)),
            "axis",
            -1,
            "epsilon",
            eps));
  }

  @Override
  public Tensor attention(Attention a, Tensor q, Tensor k, Tensor v) {
    a.check(q, k, v);
    if (attention == null) attention = new TiledAttention(graph, fastPaths);
    Rotary rotary = a.rotary();
    List<String> tables =
        rotary == null
            ? List.of()
            : List.of(name(column(rotary.cos())), name(column(rotary.sin())));
    return like(q, attention.of(a, name(q), name(k), name(v), tables));
  }

  @Override
  public TokenLogProbs tokenLogProbs(
      Tensor hidden, Linear head, double softCap, Index targets, Set<HeadStatistic> wanted) {
    TensorOps.on(hidden, targets.from(), targets.name());
    TensorOps.wide(hidden, head.in(), head.weight().name());
    head.parameters()
        .forEach(this::parameter); // in the outer graph, where the loop's body sees them
    HeadLoop loop =
        new HeadLoop(
            graph,
            name(hidden),
            index(targets),
            wanted,
            (body, rows) -> capped(body, projected(body, rows, head), softCap));
    Map<HeadStatistic, Tensor> statistics = new LinkedHashMap<>();
    for (HeadStatistic s : wanted) {
      statistics.put(s, value(loop.statistic(s), hidden.axis(), 1));
    }
    return new TokenLogProbs(value(loop.logProbs(), hidden.axis(), 1), statistics);
  }
}
