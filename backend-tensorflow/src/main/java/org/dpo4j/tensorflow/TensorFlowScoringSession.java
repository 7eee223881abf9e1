package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;

/** A graph with its weights; what training adds is in {@link TensorFlowTrainingSession}. */
class TensorFlowScoringSession implements ScoringSession {
  private final Graph graph = new Graph();
  private final ScoringGraph forward;
  private final Session session;
  private boolean closed;

  TensorFlowScoringSession(CausalTransformer model, WeightSource weights, SessionOptions options) {
    forward = new ScoringGraph(graph, model);
    session = new Session(graph, configuration(options.threads()));
    try {
      for (Parameter p : model.parameters()) forward.weights().write(session, p, weights);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Optimizers of graphs are off: they bring nothing on a CPU, may undo the order that saves
   * memory, and fold a tensor of zeros into a constant of its size that stays for good.
   */
  private static ConfigProto configuration(int threads) {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(1)
        .setGraphOptions(
            GraphOptions.newBuilder()
                .setOptimizerOptions(
                    OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0))
                .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
        .build();
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

  @Override
  public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
    List<HeadStatistic> statistics = List.copyOf(wanted);
    Map<HeadStatistic, double[]> told = new EnumMap<>(HeadStatistic.class);
    if (batch.layout().length(Axis.PREDICTIONS) == 0) {
      for (HeadStatistic s : statistics) told.put(s, new double[0]);
      return new TokenScores(new double[0], told);
    }
    try (Run run = new Run(session())) {
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
    session.close(); // before the graph that it runs
    graph.close();
  }
}
