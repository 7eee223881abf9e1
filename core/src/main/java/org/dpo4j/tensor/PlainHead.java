package org.dpo4j.tensor;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.dpo4j.layout.HeadStatistic;

/**
 * The language-model head of {@link PlainTensorOps}. Takes some predictions at a time and keeps no
 * logits: on the way back it computes them again.
 */
final class PlainHead {
  private final PlainTensorOps ops;
  private final PlainTensor hidden;
  private final Linear projection;
  private final double softCap;
  private final int[] targets;
  private final int rowsAtATime;
  private final double[] logProbs;
  private final double[] logSumExp;
  private final Map<HeadStatistic, double[]> statistics = new EnumMap<>(HeadStatistic.class);

  PlainHead(
      PlainTensorOps ops,
      PlainTensor hidden,
      Linear projection,
      double softCap,
      int[] targets,
      int rowsAtATime,
      Set<HeadStatistic> wanted) {
    this.ops = ops;
    this.hidden = hidden;
    this.projection = projection;
    this.softCap = softCap;
    this.targets = targets;
    this.rowsAtATime = rowsAtATime;
    logProbs = new double[targets.length];
    logSumExp = new double[targets.length];
    for (HeadStatistic s : wanted) statistics.put(s, new double[targets.length]);
  }

  Map<HeadStatistic, double[]> statistics() {
    return statistics;
  }

  /** The log-prob of each target. */
  double[] forward() {
    for (int from = 0; from < targets.length; from += rowsAtATime) {
      PlainTensorOps trace = ops.fresh(false);
      double[] logits = trace.values(logits(trace, rows(trace, from)));
      int vocabulary = projection.out();
      for (int at = 0; at < logits.length; at += vocabulary) {
        readOff(logits, at, vocabulary, from + at / vocabulary);
      }
    }
    return logProbs;
  }

  private Tensor rows(PlainTensorOps trace, int from) {
    int n = hidden.columns();
    int to = Math.min(from + rowsAtATime, targets.length);
    double[] values = Arrays.copyOfRange(hidden.values, from * n, to * n);
    return trace.input(hidden.axis(), n, values);
  }

  private Tensor logits(PlainTensorOps trace, Tensor rows) {
    Tensor logits = trace.linear(rows, projection);
    return softCap > 0 ? trace.softCap(logits, softCap) : logits;
  }

  private void readOff(double[] logits, int at, int vocabulary, int prediction) {
    double highest = Double.NEGATIVE_INFINITY;
    double total = 0;
    for (int i = at; i < at + vocabulary; i++) {
      highest = Math.max(highest, logits[i]);
      total += logits[i];
    }
    double sum = 0;
    for (int i = at; i < at + vocabulary; i++) sum += Math.exp(logits[i] - highest);
    double norm = highest + Math.log(sum);
    double target = logits[at + targets[prediction]];
    logSumExp[prediction] = norm;
    logProbs[prediction] = target - norm;
    for (Map.Entry<HeadStatistic, double[]> wanted : statistics.entrySet()) {
      wanted.getValue()[prediction] =
          switch (wanted.getKey()) {
            case LOG_SUM_SQUARED_PROBS -> logSumSquaredProbs(logits, at, vocabulary, norm);
            case ENTROPY -> entropy(logits, at, vocabulary, norm);
            case MEAN_LOGIT -> total / vocabulary;
            case TOP1_IS_TARGET -> target >= highest ? 1 : 0;
          };
    }
  }

  private static double logSumSquaredProbs(double[] logits, int at, int vocabulary, double norm) {
    double sum = 0;
    for (int i = at; i < at + vocabulary; i++) sum += Math.exp(2 * (logits[i] - norm));
    return Math.log(sum);
  }

  private static double entropy(double[] logits, int at, int vocabulary, double norm) {
    double sum = 0;
    for (int i = at; i < at + vocabulary; i++) {
      double logProb = logits[i] - norm;
      sum -= Math.exp(logProb) * logProb;
    }
    return sum;
  }

  /**
   * @param upstream the gradient with respect to the log-probs, {@code [predictions]}
   */
  void backward(double[] upstream) {
    int n = hidden.columns();
    int vocabulary = projection.out();
    for (int from = 0; from < targets.length; from += rowsAtATime) {
      PlainTensorOps trace = ops.fresh(true);
      Tensor rows = rows(trace, from);
      Tensor logits = logits(trace, rows);
      double[] values = trace.values(logits);
      double[] gradient = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        int prediction = from + i / vocabulary;
        gradient[i] = -upstream[prediction] * Math.exp(values[i] - logSumExp[prediction]);
      }
      for (int r = 0; r < values.length / vocabulary; r++) {
        gradient[r * vocabulary + targets[from + r]] += upstream[from + r];
      }
      trace.backward(logits, gradient);
      if (!hidden.tracked) continue;
      double[] byRows = trace.gradient(rows);
      MatrixProducts.addScaled(1, byRows, 0, hidden.gradient(), from * n, byRows.length);
    }
  }
}
