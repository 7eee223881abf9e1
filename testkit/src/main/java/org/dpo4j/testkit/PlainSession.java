package org.dpo4j.testkit;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.PlainTensorOps;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TokenLogProbs;
import org.jspecify.annotations.Nullable;

/** A session of {@link PlainBackend}. */
final class PlainSession implements TrainingSession {
  private static final int BLOCK_ROWS = 64;

  private final CausalTransformer model;
  private final OptimizerOptions optimizer;
  private final Map<Kind, Map<Parameter, double[]>> state = new EnumMap<>(Kind.class);
  private long steps;
  private @Nullable Pass open;
  private boolean closed;

  PlainSession(CausalTransformer model, WeightSource weights, OptimizerOptions optimizer) {
    this.model = model;
    this.optimizer = optimizer;
    for (Kind kind : Kind.values()) {
      Map<Parameter, double[]> tensors = new LinkedHashMap<>();
      for (Parameter p : model.parameters()) {
        tensors.put(p, new double[Math.toIntExact(p.size())]);
      }
      state.put(kind, tensors);
    }
    for (Parameter p : model.parameters()) write(Kind.WEIGHT, p, weights);
  }

  private double[] tensor(Kind kind, Parameter parameter) {
    if (closed) throw new IllegalStateException("the session is closed");
    double[] values = state.getOrDefault(kind, Map.of()).get(parameter);
    if (values == null) throw new IllegalArgumentException("the model has no " + parameter);
    return values;
  }

  private double[] weight(Parameter parameter) {
    return tensor(Kind.WEIGHT, parameter);
  }

  @Override
  public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
    PlainTensorOps ops = new PlainTensorOps(batch, this::weight);
    return scores(ops, model.tokenLogProbs(ops, wanted));
  }

  private static TokenScores scores(PlainTensorOps ops, TokenLogProbs told) {
    Map<HeadStatistic, double[]> statistics = new HashMap<>();
    told.statistics().forEach((s, values) -> statistics.put(s, ops.values(values)));
    return new TokenScores(ops.values(told.logProbs()), statistics);
  }

  @Override
  public ForwardPass forward(Batch microBatch, Set<HeadStatistic> wanted) {
    if (open != null) throw new IllegalStateException("a forward pass is still open");
    PlainTensorOps ops =
        new PlainTensorOps(microBatch, this::weight, p -> tensor(Kind.GRADIENT, p));
    TokenLogProbs told = model.tokenLogProbs(ops, wanted);
    open = new Pass(ops, told.logProbs(), scores(ops, told));
    return open;
  }

  private final class Pass implements ForwardPass {
    private final PlainTensorOps ops;
    private final Tensor logProbs;
    private final TokenScores scores;
    private boolean spent;

    Pass(PlainTensorOps ops, Tensor logProbs, TokenScores scores) {
      this.ops = ops;
      this.logProbs = logProbs;
      this.scores = scores;
    }

    @Override
    public TokenScores scores() {
      return scores;
    }

    @Override
    public void backward(double[] gradientOfTokenLogProbs) {
      if (spent) throw new IllegalStateException("backward was called, or the pass is closed");
      spent = true;
      ops.backward(logProbs, gradientOfTokenLogProbs);
    }

    @Override
    public void close() {
      spent = true;
      if (open == this) open = null;
    }
  }

  @Override
  public double apply(double learningRate) {
    double squares = 0;
    for (Parameter p : model.parameters()) {
      for (double g : tensor(Kind.GRADIENT, p)) squares += g * g;
    }
    double norm = Math.sqrt(squares);
    if (!Double.isFinite(norm)) {
      discard();
      return norm;
    }
    double max = optimizer.maxGradNorm();
    double clip = max > 0 ? Math.min(1, max / (norm + 1e-6)) : 1;
    steps++;
    for (Parameter p : model.parameters()) update(p, learningRate, clip);
    discard();
    return norm;
  }

  private void update(Parameter p, double learningRate, double clip) {
    double[] weight = weight(p);
    double[] gradient = tensor(Kind.GRADIENT, p);
    double[] m = tensor(Kind.FIRST_MOMENT, p);
    double[] v = tensor(Kind.SECOND_MOMENT, p);
    double c1 = 1 - Math.pow(optimizer.beta1(), (double) steps);
    double c2 = Math.sqrt(1 - Math.pow(optimizer.beta2(), (double) steps));
    double decay = OptimizerOptions.decays(p) ? learningRate * optimizer.weightDecay() : 0;
    for (int i = 0; i < weight.length; i++) {
      double g = gradient[i] * clip;
      m[i] = optimizer.beta1() * m[i] + (1 - optimizer.beta1()) * g;
      v[i] = optimizer.beta2() * v[i] + (1 - optimizer.beta2()) * g * g;
      weight[i] -= decay * weight[i];
      weight[i] -= learningRate / c1 * m[i] / (Math.sqrt(v[i]) / c2 + optimizer.epsilon());
    }
  }

  @Override
  public void discard() {
    for (Parameter p : model.parameters()) Arrays.fill(tensor(Kind.GRADIENT, p), 0);
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public void steps(long taken) {
    steps = taken;
  }

  @Override
  public void read(Kind kind, Parameter parameter, WeightSource.RowBlocks blocks) {
    double[] values = tensor(kind, parameter);
    for (int row = 0; row < parameter.rows(); row += BLOCK_ROWS) {
      int end = Math.min(row + BLOCK_ROWS, parameter.rows()) * parameter.columns();
      FloatBuffer block = FloatBuffer.allocate(end - row * parameter.columns());
      for (int i = row * parameter.columns(); i < end; i++) block.put((float) values[i]);
      blocks.accept(row, block.flip());
    }
  }

  @Override
  public void write(Kind kind, Parameter parameter, WeightSource source) {
    double[] values = tensor(kind, parameter);
    source.read(
        parameter,
        (firstRow, rows) -> {
          for (int i = firstRow * parameter.columns(); rows.hasRemaining(); i++) {
            values[i] = rows.get();
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    state.clear();
  }
}
