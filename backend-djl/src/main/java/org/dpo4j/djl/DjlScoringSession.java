package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
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

/** A model's weights in native memory, and its forward pass. */
class DjlScoringSession implements ScoringSession {
  /** Predictions that the head takes at a time. */
  static final int HEAD_CHUNK = 128;

  final PtNDManager scope;
  final DataType type;
  final Kernels kernels;
  final ModelBody body;
  final ChunkedHead head;
  final Map<Parameter, PtNDArray> weights = new LinkedHashMap<>();
  final Crew crew;
  private final double headCost;
  private boolean open = true;

  DjlScoringSession(
      CausalTransformer model,
      WeightSource source,
      SessionOptions options,
      DataType type,
      int headChunk) {
    scope = PyTorchEngine.newScope();
    this.type = type;
    crew = new Crew(options.threads());
    headCost = headCost(model);
    kernels = new Kernels();
    body = new ModelBody(model, kernels, this::weight);
    head = new ChunkedHead(kernels, model.head(), this::weight, headChunk);
    try {
      compute(
          () -> {
            for (Parameter p : model.parameters()) {
              weights.put(p, ParameterArrays.read(scope, type, p, source));
            }
          });
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private PtNDArray weight(Parameter p) {
    PtNDArray weight = weights.get(p);
    if (weight == null) {
      throw new IllegalArgumentException(
          p.name() + " " + p.shape() + " is not among the model's parameters");
    }
    return weight;
  }

  /** What the head's products cost for a prediction, in ways of a token through the body. */
  private static double headCost(CausalTransformer model) {
    Parameter projection = model.head().projection().weight();
    long body =
        model.parameters().stream()
            .filter(p -> p.rows() != projection.rows())
            .mapToLong(Parameter::size)
            .sum();
    return projection.size() / (double) Math.max(1, body);
  }

  /** The parts of a batch that are computed side by side. */
  final List<BatchParts.Part> parts(Batch batch) {
    return BatchParts.of(batch, crew.size(), headCost);
  }

  @Override
  public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
    checkOpen();
    try (PtNDManager pass = (PtNDManager) scope.newSubManager()) {
      List<BatchParts.Part> parts = parts(batch);
      PartScores scores = new PartScores(batch, parts, wanted);
      crew.run(
          parts.size(),
          (member, meeting) -> {
            Batch part = parts.get(member).batch();
            if (part.layout().length(Axis.PREDICTIONS) == 0) return;
            try (PtNDManager own = (PtNDManager) pass.newSubManager()) {
              BatchArrays arrays = new BatchArrays(own, type, part);
              PtNDArray hidden = body.hidden(own, arrays);
              scores.put(member, head.scores(own, hidden, arrays, wanted, null));
            }
          });
      return scores.whole();
    }
  }

  final void checkOpen() {
    if (!open) throw new IllegalStateException("the session is closed");
  }

  /** Works on PyTorch without gradients, with all of the session's threads. */
  final <T> T compute(Supplier<T> work) {
    checkOpen();
    return PyTorchThread.call(false, crew.size(), work);
  }

  /** The same, for work without a result. */
  final void compute(Runnable work) {
    checkOpen();
    PyTorchThread.run(false, crew.size(), work);
  }

  @Override
  public void close() {
    if (!open) return;
    open = false;
    crew.close();
    scope.close();
    kernels.close();
  }
}
