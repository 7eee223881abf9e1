package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer.Head;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * The language-model head, some predictions at a time, so that {@code [predictions, vocabulary]}
 * never exists whole where it is large. Runs without autograd: its gradient is a formula. The
 * logits of the first chunks wait for the way back, those of the others are computed again.
 */
final class ChunkedHead {
  /** Bytes of logits that may wait for the way back. */
  static final long KEPT = 1 << 26;

  /** What a prediction's way back takes, as {@link DjlForwardPass} counts a token's. */
  private static final double WAY_BACK = 1.3;

  /** The same, with the logits made again. */
  private static final double THERE_AND_BACK = 2.3;

  private final Kernels kernels;
  private final Head head;
  private final Function<Parameter, PtNDArray> weights;
  private final int chunk;

  /**
   * @param chunk predictions at a time
   */
  ChunkedHead(Kernels kernels, Head head, Function<Parameter, PtNDArray> weights, int chunk) {
    if (head.projection().adapter() != null) {
      throw new IllegalArgumentException("an adapted head is not in this version");
    }
    this.kernels = kernels;
    this.head = head;
    this.weights = weights;
    this.chunk = chunk;
  }

  /**
   * @param hidden {@code [predictions, dim]}
   * @param kept takes the logits of the first chunks, as many as may wait; null where there is no
   *     way back
   */
  TokenScores scores(
      PtNDManager scope,
      PtNDArray hidden,
      BatchArrays batch,
      Set<HeadStatistic> wanted,
      @Nullable List<PtNDArray> kept) {
    long mayWait = kept == null ? 0 : KEPT / (chunk * bytes(batch));
    int predictions = Math.toIntExact(hidden.getShape().get(0));
    double[] logProbs = new double[predictions];
    Map<HeadStatistic, double[]> statistics = new EnumMap<>(HeadStatistic.class);
    for (HeadStatistic s : wanted) statistics.put(s, new double[predictions]);
    for (int from = 0; from < predictions; from += chunk) {
      int rows = Math.min(chunk, predictions - from);
      try (PtNDManager part = (PtNDManager) scope.newSubManager()) {
        PtNDArray logits = logits(part, NativeArrays.rows(part, hidden, from, rows));
        PtNDArray targets = NativeArrays.rows(part, batch.index(Index.TARGETS), from, rows);
        copy(kernels.tensor(part, "token_log_probs", logits, targets), logProbs, from);
        for (Map.Entry<HeadStatistic, double[]> s : statistics.entrySet()) {
          String kernel = DjlTensorOps.kernelOf(s.getKey());
          copy(kernels.tensor(part, kernel, logits, targets), s.getValue(), from);
        }
        if (kept != null && kept.size() < mayWait) {
          logits.attach(scope);
          kept.add(logits);
        }
      }
    }
    return new TokenScores(logProbs, statistics);
  }

  /** Into how many chunks so many predictions are cut. */
  int chunks(int predictions) {
    return (predictions + chunk - 1) / chunk;
  }

  /**
   * Goes back, chunk by chunk.
   *
   * @param hidden as given to {@link #scores}
   * @param kept as {@link #scores} left it
   * @param upstream {@code [predictions]}: the gradient of the token log-probs
   * @param chunks how often the parts of the batch meet, at least as many as these predictions have
   * @param adding adds to the gradients of the head's parameters
   * @return the gradient of {@code hidden}
   */
  PtNDArray backward(
      PtNDManager scope,
      PtNDArray hidden,
      BatchArrays batch,
      List<PtNDArray> kept,
      double[] upstream,
      int chunks,
      DjlForwardPass.Adding adding) {
    Linear projection = head.projection();
    Parameter bias = projection.bias();
    PtNDArray result = NativeArrays.empty(scope, batch.type(), hidden.getShape().getShape());
    for (int k = 0; k < chunks; k++) {
      int from = Math.min(upstream.length, k * chunk);
      int rows = Math.min(chunk, upstream.length - from);
      try (PtNDManager part = (PtNDManager) scope.newSubManager()) {
        List<WeightGradient> found = new ArrayList<>();
        if (rows > 0) {
          PtNDArray hiddenRows = NativeArrays.rows(part, hidden, from, rows);
          PtNDArray logits = k < kept.size() ? kept.get(k) : logits(part, hiddenRows);
          logits.attach(part);
          PtNDArray ofLogits =
              kernels.tensor(
                  part,
                  "head_backward",
                  logits,
                  NativeArrays.rows(part, batch.index(Index.TARGETS), from, rows),
                  NativeArrays.numbers(part, batch.type(), upstream, from, rows, 1),
                  outIn(part, weights.apply(projection.weight())),
                  head.softCap(),
                  NativeArrays.rows(part, result, from, rows));
          found.add(
              new WeightGradient(
                  new WeightGradient.Product(projection, new Tape.Kept(hiddenRows)), ofLogits));
          if (bias != null) {
            found.add(
                new WeightGradient(
                    new WeightGradient.Whole(bias), kernels.tensor(part, "sum_rows", ofLogits)));
          }
        }
        adding.all(found, rows * (k < kept.size() ? WAY_BACK : THERE_AND_BACK), rows);
      }
    }
    return result;
  }

  /** Of one prediction's logits. */
  private long bytes(BatchArrays batch) {
    return (long) head.projection().out() * batch.type().getNumOfBytes();
  }

  private PtNDArray logits(PtNDManager scope, PtNDArray hidden) {
    Parameter bias = head.projection().bias();
    PtNDArray weight = outIn(scope, weights.apply(head.projection().weight()));
    PtNDArray scores =
        kernels.tensor(scope, "linear", hidden, weight, bias == null ? null : weights.apply(bias));
    return head.softCap() > 0 ? kernels.tensor(scope, "soft_cap", scores, head.softCap()) : scores;
  }

  private PtNDArray outIn(PtNDManager scope, PtNDArray stored) {
    return head.projection().storedInOut() ? kernels.tensor(scope, "transposed", stored) : stored;
  }

  private static void copy(PtNDArray from, double[] to, int at) {
    double[] values = NativeArrays.toDoubles(from);
    System.arraycopy(values, 0, to, at, values.length);
  }
}
