package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.dpo4j.backend.Crew;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.BatchParts;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.PartScores;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RunMetadata;

/** A graph with its weights; what training adds is in {@link TensorFlowTrainingSession}. */
class TensorFlowScoringSession implements ScoringSession {
  /** Parts at most, for each has arrays of its own for gradients. */
  private static final int MOST_PARTS = 4;

  private final Graph graph = new Graph();
  private final ScoringGraph forward;
  private final Session session;
  private final Crew crew;
  private final List<Variables> streamed = new ArrayList<>();
  private final double headCost;
  private @Nullable Consumer<RunMetadata> trace;
  private boolean closed;

  TensorFlowScoringSession(CausalTransformer model, WeightSource weights, SessionOptions options) {
    Ops tf = Ops.create(graph);
    Variables variables = new Variables(tf, "weight");
    session = new Session(graph, configuration(options));
    crew = new Crew("dpo4j-tensorflow", parts(options));
    headCost = model.headCost();
    streamed.add(variables);
    try {
      // Before all else: whatever a run does for the first time, it goes through all of the graph.
      for (Parameter p : model.parameters()) variables.write(session, p, weights);
      forward = new ScoringGraph(tf, variables, model);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Optimizers of graphs are off: they bring nothing on a CPU, may undo the order that saves
   * memory, and fold a tensor of zeros into a constant of its size that stays for good. The threads
   * are this session's own: else all sessions of a process get those of its first one.
   */
  private static ConfigProto configuration(SessionOptions options) {
    int threads = options.threads();
    int parts = parts(options);
    return ConfigProto.newBuilder()
        .setUsePerSessionThreads(true)
        .setIntraOpParallelismThreads((threads + parts - 1) / parts)
        .setInterOpParallelismThreads(parts)
        .setGraphOptions(
            GraphOptions.newBuilder()
                .setOptimizerOptions(
                    OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0))
                .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
        .build();
  }

  /** How many parts of a batch are computed at once. */
  static int parts(SessionOptions options) {
    return options.fastPaths() ? Math.min(options.threads(), MOST_PARTS) : 1;
  }

  /** The parts of a batch that are computed side by side. */
  List<BatchParts.Part> parts(Batch batch) {
    return BatchParts.of(batch, crew.size(), headCost);
  }

  Crew crew() {
    return crew;
  }

  Graph graph() {
    return graph;
  }

  ScoringGraph forward() {
    return forward;
  }

  /** The session, while it is open. */
  Session session() {
    if (closed) throw new IllegalStateException("the session is closed");
    return session;
  }

  /** A run that is traced if anybody asks. */
  Run newRun() {
    return new Run(session(), trace);
  }

  /** Variables that are streamed out. */
  void streams(Variables variables) {
    streamed.add(variables);
  }

  /** Lets go of what was fetched of variables: they are about to change. */
  void forget() {
    streamed.forEach(Variables::forget);
  }

  /** From now on tells of each pass and step what its operations cost; null: no longer. */
  void trace(@Nullable Consumer<RunMetadata> to) {
    trace = to;
  }

  @Override
  public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
    session();
    List<BatchParts.Part> parts = parts(batch);
    PartScores scores = new PartScores(batch, parts, wanted);
    crew.run(parts.size(), (p, meeting) -> scores.put(p, scorePart(parts.get(p).batch(), wanted)));
    return scores.whole();
  }

  /** Of a part, on the calling thread. */
  TokenScores scorePart(Batch batch, Set<HeadStatistic> wanted) {
    List<HeadStatistic> statistics = List.copyOf(wanted);
    Map<HeadStatistic, double[]> told = new EnumMap<>(HeadStatistic.class);
    if (batch.layout().length(Axis.PREDICTIONS) == 0) {
      for (HeadStatistic s : statistics) told.put(s, new double[0]);
      return new TokenScores(new double[0], told);
    }
    try (Run run = newRun()) {
      forward.inputs().feed(run, batch);
      run.fetch(forward.logProbs());
      for (HeadStatistic s : statistics) run.fetch(forward.statistic(s));
      try (Result result = run.run()) {
        List<double[]> all = new ArrayList<>();
        for (int i = 0; i <= statistics.size(); i++) all.add(Run.numbers(result.get(i)));
        for (int i = 0; i < statistics.size(); i++) told.put(statistics.get(i), all.get(i + 1));
        return new TokenScores(all.get(0), told);
      }
    }
  }

  @Override
  public void close() {
    if (closed) return;
    closed = true;
    crew.close();
    forget();
    session.close(); // before the graph that it runs
    graph.close();
  }
}
