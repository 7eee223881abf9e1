package org.dpo4j.testkit;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.LowRank;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Rotary;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;
import org.dpo4j.tensor.TokenLogProbs;
import org.dpo4j.testkit.TensorOpsContract.Input;
import org.dpo4j.testkit.TensorOpsContract.Trace;
import org.dpo4j.testkit.TensorOpsContract.Trial;

/** Every operation by itself, at odd sizes, and what they have to do with each other. */
public final class TensorOpsTrials {
  private static final int VOCABULARY = 11;
  private static final int DIM = 5;
  private static final Column NUMBERS = new Column("numbers", Axis.TOKENS, DIM);
  private static final Rotary ROTARY = new Rotary("trial", 4);

  private final Random random = new Random(7);
  private final Batch batch = batch();
  private final Map<String, Trial> trials = new LinkedHashMap<>();

  private TensorOpsTrials() {}

  /** By name. */
  public static Map<String, Trial> all() {
    TensorOpsTrials all = new TensorOpsTrials();
    all.elementwise();
    all.rows();
    all.linear();
    all.norms();
    all.attention();
    all.head();
    return all.trials;
  }

  private Batch batch() {
    TokenLayout layout =
        TokenLayout.of(new TestExamples(3, VOCABULARY).mixed(), longest -> longest < 12);
    int tokens = layout.length(Axis.TOKENS);
    Map<Column, double[]> columns =
        Map.of(
            NUMBERS,
            numbers(tokens * DIM),
            ROTARY.cos(),
            numbers(tokens * 2),
            ROTARY.sin(),
            numbers(tokens * 2));
    return new Batch(layout, columns, List.of(0, 1, 2, 3, 4, 5));
  }

  private double[] numbers(int n) {
    return random.doubles(n, -2, 2).map(x -> (float) x).toArray();
  }

  private Input input(Axis axis, int columns) {
    return new Input(axis, columns, numbers(batch.layout().length(axis) * columns));
  }

  private Input tokens(int columns) {
    return input(Axis.TOKENS, columns);
  }

  private void add(
      String name, List<Input> inputs, List<Parameter> weights, Axis axis, int columns, Trace t) {
    Map<Parameter, double[]> values = new HashMap<>();
    for (Parameter p : weights) values.put(p, numbers((int) p.size()));
    double[] upstream = numbers(batch.layout().length(axis) * columns);
    trials.put(name, new Trial(batch, values, inputs, t, upstream));
  }

  /** An operation on one tensor of {@code [tokens, DIM]} that keeps its shape. */
  private void unary(String name, BiFunction<TensorOps, Tensor, Tensor> op) {
    add(
        name,
        List.of(tokens(DIM)),
        List.of(),
        Axis.TOKENS,
        DIM,
        (ops, in) -> List.of(op.apply(ops, in.get(0))));
  }

  private void elementwise() {
    List<Input> two = List.of(tokens(DIM), tokens(DIM));
    add(
        "add",
        two,
        List.of(),
        Axis.TOKENS,
        DIM,
        (ops, in) -> List.of(ops.add(in.get(0), in.get(1))));
    add(
        "multiply",
        two,
        List.of(),
        Axis.TOKENS,
        DIM,
        (ops, in) -> List.of(ops.multiply(in.get(0), in.get(1))));
    unary("add a constant", (ops, x) -> ops.add(x, ops.constant(0.3)));
    unary("a constant plus", (ops, x) -> ops.add(ops.constant(0.3), x));
    unary("multiply by a constant", (ops, x) -> ops.multiply(x, ops.constant(-1.7)));
    unary("a constant times", (ops, x) -> ops.multiply(ops.constant(-1.7), x));
    unary("a tensor used three times", (ops, x) -> x.times(x).plus(x));
    unary("column", (ops, x) -> x.times(ops.column(NUMBERS)));
    unary("silu", TensorOps::silu);
    unary("gelu exact", (ops, x) -> ops.gelu(x, TensorOps.Gelu.EXACT));
    unary("gelu tanh", (ops, x) -> ops.gelu(x, TensorOps.Gelu.TANH));
    unary("softCap", (ops, x) -> ops.softCap(x, 0.8));
    unary("silu far out", (ops, x) -> ops.silu(x.times(40)));
    unary("gelu exact far out", (ops, x) -> ops.gelu(x.times(10), TensorOps.Gelu.EXACT));
    unary("gelu tanh far out", (ops, x) -> ops.gelu(x.times(40), TensorOps.Gelu.TANH));
    unary("softCap far out", (ops, x) -> ops.softCap(x.times(40), 0.8));
  }

  private void rows() {
    add(
        "gather",
        List.of(tokens(DIM)),
        List.of(),
        Axis.PREDICTIONS,
        DIM,
        (ops, in) -> List.of(ops.gather(in.get(0), Index.PREDICTED_FROM)));
    add(
        "columns of groups",
        List.of(tokens(21)),
        List.of(),
        Axis.TOKENS,
        6,
        (ops, in) -> List.of(ops.columns(in.get(0), 3, 4, 2)));
    Parameter table = Parameter.matrix("table", VOCABULARY, DIM);
    add(
        "embedding",
        List.of(),
        List.of(table),
        Axis.TOKENS,
        DIM,
        (ops, in) -> List.of(ops.embedding(table, Index.IDS)));
    Parameter positions = Parameter.matrix("positions", 40, DIM);
    add(
        "embedding of positions, added",
        List.of(),
        List.of(table, positions),
        Axis.TOKENS,
        DIM,
        (ops, in) ->
            List.of(
                ops.embedding(table, Index.IDS).plus(ops.embedding(positions, Index.POSITION))));
  }

  private void linear() {
    Linear plain = Linear.of("plain", 7, DIM, false);
    Linear biased = Linear.of("biased", 7, DIM, true);
    Parameter inOut = Parameter.matrix("inOut.weight", DIM, 7);
    Linear stored = new Linear(inOut, true, Parameter.vector("inOut.bias", 7), null);
    LowRank lowRank =
        new LowRank(Parameter.matrix("a", 3, DIM), Parameter.matrix("b", 7, 3), 0.7, 0);
    linear("linear", plain);
    linear("linear with bias", biased);
    linear("linear stored in-out", stored);
    linear("linear with an adapter", new Linear(biased.weight(), false, biased.bias(), lowRank));
    linear("linear stored in-out with an adapter", new Linear(inOut, true, null, lowRank));
    Linear narrow = Linear.of("narrow", 1, DIM, true);
    linear("linear to one column", narrow);
    add(
        "linear on predictions",
        List.of(input(Axis.PREDICTIONS, DIM)),
        plain.parameters(),
        Axis.PREDICTIONS,
        7,
        (ops, in) -> List.of(ops.linear(in.get(0), plain)));
    Linear square = Linear.of("square", DIM, DIM, false);
    add(
        "a weight used twice",
        List.of(tokens(DIM)),
        square.parameters(),
        Axis.TOKENS,
        DIM,
        (ops, in) -> List.of(ops.linear(ops.linear(in.get(0), square), square)));
  }

  private void linear(String name, Linear l) {
    add(
        name,
        List.of(tokens(l.in())),
        l.parameters(),
        Axis.TOKENS,
        l.out(),
        (ops, in) -> List.of(ops.linear(in.get(0), l)));
  }

  private void norms() {
    Parameter row = Parameter.vector("norm.weight", 6);
    Parameter head = Parameter.vector("head_norm.weight", 3);
    Parameter bias = Parameter.vector("norm.bias", 6);
    norm("rmsNorm", List.of(row), (ops, x) -> ops.rmsNorm(x, row, 1e-3, 0));
    norm("rmsNorm with offset", List.of(row), (ops, x) -> ops.rmsNorm(x, row, 1e-5, 1));
    norm("rmsNorm of heads", List.of(head), (ops, x) -> ops.rmsNorm(x, head, 1e-2, 0));
    norm("layerNorm", List.of(row, bias), (ops, x) -> ops.layerNorm(x, row, bias, 1e-3));
  }

  private void norm(
      String name, List<Parameter> weights, BiFunction<TensorOps, Tensor, Tensor> op) {
    add(
        name,
        List.of(tokens(6)),
        weights,
        Axis.TOKENS,
        6,
        (ops, in) -> List.of(op.apply(ops, in.get(0))));
  }

  private void attention() {
    attention("attention", new Attention(0, 3, 3, 6, 0.5, 0, 0, null));
    attention("attention of grouped queries", new Attention(0, 6, 2, 4, 0.5, 0, 0, null));
    attention("attention with rotary", new Attention(1, 4, 2, 4, 0.5, 0, 0, ROTARY));
    attention("attention with a part rotated", new Attention(0, 2, 1, 7, 0.4, 0, 0, ROTARY));
    attention("attention in a window", new Attention(0, 2, 2, 6, 0.5, 0, 3, null));
    attention("attention in a window of one", new Attention(0, 2, 1, 4, 0.5, 0, 1, ROTARY));
    attention("attention with soft cap", new Attention(0, 2, 2, 6, 0.5, 1.3, 0, null));
    attention("attention with all", new Attention(0, 4, 2, 6, 0.3, 1.3, 4, ROTARY));
  }

  private void attention(String name, Attention a) {
    int queries = a.heads() * a.headDim();
    int keys = a.kvHeads() * a.headDim();
    add(
        name,
        List.of(tokens(queries), tokens(keys), tokens(keys)),
        List.of(),
        Axis.TOKENS,
        queries,
        (ops, in) -> List.of(ops.attention(a, in.get(0), in.get(1), in.get(2))));
  }

  private void head() {
    Linear plain = Linear.of("lm_head", VOCABULARY, DIM, false);
    Linear biased = Linear.of("lm_head", VOCABULARY, DIM, true);
    head("tokenLogProbs", plain, 0);
    head("tokenLogProbs with bias", biased, 0);
    head("tokenLogProbs with soft cap", plain, 1.5);
    Linear tied = new Linear(Parameter.matrix("embed.weight", VOCABULARY, DIM), false, null, null);
    add(
        "tokenLogProbs of tied embeddings",
        List.of(),
        tied.parameters(),
        Axis.PREDICTIONS,
        1,
        (ops, in) -> {
          Tensor hidden = ops.embedding(tied.weight(), Index.IDS).at(Index.PREDICTED_FROM);
          return told(ops.tokenLogProbs(hidden, tied, 0, Index.TARGETS, Set.of()));
        });
  }

  private void head(String name, Linear head, double softCap) {
    add(
        name,
        List.of(input(Axis.PREDICTIONS, DIM)),
        head.parameters(),
        Axis.PREDICTIONS,
        1,
        (ops, in) ->
            told(
                ops.tokenLogProbs(
                    in.get(0), head, softCap, Index.TARGETS, EnumSet.allOf(HeadStatistic.class))));
  }

  /** The log-probs, then every statistic that was told, in the order of its type. */
  private static List<Tensor> told(TokenLogProbs head) {
    List<Tensor> all = new ArrayList<>();
    all.add(head.logProbs());
    for (HeadStatistic s : HeadStatistic.values()) {
      Tensor statistic = head.statistics().get(s);
      if (statistic != null) all.add(statistic);
    }
    return all;
  }
}
