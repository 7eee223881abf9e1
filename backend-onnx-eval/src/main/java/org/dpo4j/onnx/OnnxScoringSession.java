package org.dpo4j.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;

/**
 * A model on ONNX Runtime: one graph for all batch shapes, and another one when further statistics
 * are asked for, since the runtime computes all that a graph has.
 */
final class OnnxScoringSession implements ScoringSession {
  private final CausalTransformer model;
  private final WeightSource weights;
  private final SessionOptions options;
  private final Map<Set<HeadStatistic>, OnnxModel> models = new HashMap<>();
  private boolean closed;

  OnnxScoringSession(CausalTransformer model, WeightSource weights, SessionOptions options) {
    this.model = model;
    this.weights = weights;
    this.options = options;
    models.put(Set.of(), OnnxModel.open(model, weights, options, Set.of()));
  }

  @Override
  public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
    if (closed) throw new IllegalStateException("the session is closed");
    return models
        .computeIfAbsent(Set.copyOf(wanted), w -> OnnxModel.open(model, weights, options, w))
        .score(batch);
  }

  @Override
  public void close() {
    closed = true;
    models.values().forEach(OnnxModel::close);
    models.clear();
  }
}
