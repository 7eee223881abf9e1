package org.dpo4j.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.BatchParts;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.PartScores;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;

/**
 * A model on ONNX Runtime: one graph for all batch shapes, and another one when further statistics
 * are asked for, since the runtime computes all that a graph has. A batch is computed in parts
 * whose rows are of about the same length: the kernel of attention works on padding, too.
 */
final class OnnxScoringSession implements ScoringSession {
  /**
   * Tokens of a part for each thread: with fewer, products of matrices are slower; with more, rows
   * differ more in length.
   */
  private static final int TOKENS_PER_THREAD = 512;

  /** Of a batch, so that each finds rows that are alike. */
  private static final int PARTS = 8;

  private final CausalTransformer model;
  private final WeightSource weights;
  private final SessionOptions options;
  private final int partTokens;
  private final Map<Set<HeadStatistic>, OnnxModel> models = new HashMap<>();
  private boolean closed;

  OnnxScoringSession(CausalTransformer model, WeightSource weights, SessionOptions options) {
    this(
        model,
        weights,
        options,
        options.fastPaths() ? TOKENS_PER_THREAD * options.threads() : Integer.MAX_VALUE);
  }

  /**
   * The same with parts of another size: for tests.
   *
   * @param partTokens of a part at most, unless it is a single tree of the layout
   */
  OnnxScoringSession(
      CausalTransformer model, WeightSource weights, SessionOptions options, int partTokens) {
    this.model = model;
    this.weights = weights;
    this.options = options;
    this.partTokens = partTokens;
    models.put(Set.of(), OnnxModel.open(model, weights, options, Set.of()));
  }

  @Override
  public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
    if (closed) throw new IllegalStateException("the session is closed");
    OnnxModel graph =
        models.computeIfAbsent(Set.copyOf(wanted), w -> OnnxModel.open(model, weights, options, w));
    List<BatchParts.Part> parts = BatchParts.alike(batch, partTokens);
    PartScores scores = new PartScores(batch, parts, wanted);
    for (int p = 0; p < parts.size(); p++) scores.put(p, graph.score(parts.get(p).batch()));
    return scores.whole();
  }

  @Override
  public int batchTokens() {
    return options.fastPaths() ? PARTS * partTokens : ScoringSession.super.batchTokens();
  }

  @Override
  public void close() {
    closed = true;
    models.values().forEach(OnnxModel::close);
    models.clear();
  }
}
