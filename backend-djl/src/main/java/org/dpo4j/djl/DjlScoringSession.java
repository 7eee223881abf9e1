package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
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
  private final int threads;
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
    kernels = new Kernels();
    body = new ModelBody(model, kernels, this::weight);
    head = new ChunkedHead(kernels, model.head(), this::weight, headChunk);
    try {
      compute(
          false,
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

  @Override
  public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
    return compute(
        false,
        () -> {
          if (isEmpty(batch)) return noScores(wanted);
          try (PtNDManager pass = (PtNDManager) scope.newSubManager()) {
            BatchArrays arrays = new BatchArrays(pass, type, batch);
            PtNDArray hidden = body.hidden(pass, arrays, new EmbeddingUses(pass, kernels));
            return head.scores(pass, hidden, arrays, wanted, null);
          }
        });
  }

  static boolean isEmpty(Batch batch) {
    return batch.layout().length(Axis.PREDICTIONS) == 0;
  }

  static TokenScores noScores(Set<HeadStatistic> wanted) {
    Map<HeadStatistic, double[]> statistics = new EnumMap<>(HeadStatistic.class);
    for (HeadStatistic s : wanted) statistics.put(s, new double[0]);
    return new TokenScores(new double[0], statistics);
  }

  /** Works on PyTorch with this session's settings, while it is open. */
  final <T> T compute(boolean gradients, Supplier<T> work) {
    if (!open) throw new IllegalStateException("the session is closed");
    return PyTorchThread.call(gradients, threads, work);
  }

  /** The same, for work without a result. */
  final void compute(boolean gradients, Runnable work) {
    compute(
        gradients,
        () -> {
          work.run();
          return this;
        });
  }

  @Override
  public void close() {
    if (!open) return;
    open = false;
    scope.close();
    kernels.close();
  }
}
