package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
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

/** A model's weights in native memory, and its forward pass. */
class DjlScoringSession implements ScoringSession {
  /** Predictions that the head takes at a time. */
  static final int HEAD_CHUNK = 128;

  /** Of a part, as long as rows are no longer: what it computes on stays in the cache. */
  private static final int PART_TOKENS = 512;

  /** Parts of a batch for each thread: who is done sooner takes more. */
  private static final int PARTS = 8;

  final PtNDManager scope;
  final DataType type;
  final Kernels kernels;
  final ModelBody body;
  final ChunkedHead head;
  final Map<Parameter, PtNDArray> weights = new LinkedHashMap<>();
  final Crew crew;
  private final int threads;
  private final boolean fastPaths;
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
    threads = options.threads();
    fastPaths = options.fastPaths();
    crew = new Crew("dpo4j-djl", fastPaths ? threads : 1);
    headCost = model.headCost();
    kernels = new Kernels();
    body = new ModelBody(model, kernels, this::weight, fastPaths);
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

  /** The parts of a batch that are computed side by side. */
  final List<BatchParts.Part> parts(Batch batch) {
    return BatchParts.of(batch, crew.size(), headCost);
  }

  /** Lets parts work side by side, each without gradients and with its share of the threads. */
  final void sideBySide(int parts, Crew.Work work) {
    crew.run(
        parts,
        (member, meeting) ->
            PyTorchThread.run(false, threads / parts, () -> work.run(member, meeting)));
  }

  @Override
  public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
    checkOpen();
    int tokens = batch.layout().length(Axis.TOKENS);
    try (PtNDManager pass = (PtNDManager) scope.newSubManager()) {
      int each = fastPaths ? (tokens - 1) / (PART_TOKENS * crew.size()) + 1 : 1;
      List<BatchParts.Part> parts = BatchParts.of(batch, each * crew.size(), headCost);
      PartScores scores = new PartScores(batch, parts, wanted);
      AtomicInteger next = new AtomicInteger();
      sideBySide(
          Math.min(crew.size(), parts.size()),
          (member, meeting) -> {
            for (int p; (p = next.getAndIncrement()) < parts.size(); ) {
              Batch part = parts.get(p).batch();
              if (part.layout().length(Axis.PREDICTIONS) == 0) continue;
              try (PtNDManager own = (PtNDManager) pass.newSubManager()) {
                BatchArrays arrays = new BatchArrays(own, type, part);
                PtNDArray hidden = body.hidden(own, arrays);
                scores.put(p, head.scores(own, hidden, arrays, wanted, null));
              }
            }
          });
      return scores.whole();
    }
  }

  @Override
  public int batchTokens() {
    return fastPaths ? PARTS * PART_TOKENS * crew.size() : ScoringSession.super.batchTokens();
  }

  final void checkOpen() {
    if (!open) throw new IllegalStateException("the session is closed");
  }

  /** Works on PyTorch without gradients, with all of the session's threads. */
  final <T> T compute(Supplier<T> work) {
    checkOpen();
    return PyTorchThread.call(false, threads, work);
  }

  /** The same, for work without a result. */
  final void compute(Runnable work) {
    checkOpen();
    PyTorchThread.run(false, threads, work);
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
