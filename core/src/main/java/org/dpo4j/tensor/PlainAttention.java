package org.dpo4j.tensor;

import org.dpo4j.layout.TokenLayout;
import org.dpo4j.layout.TokenLayout.Segment;

/**
 * Attention of {@link PlainTensorOps}, token by token and head by head, along the layout's paths.
 */
final class PlainAttention {
  private final Attention a;
  private final PlainTensor q;
  private final PlainTensor k;
  private final PlainTensor v;
  private final PlainTensor y;
  private final int[][] pathOf; // [tokens]: the tokens from its root to its segment's end
  private final int[] placeOf; // [tokens]: its own place on that path
  private final double[][][] probs; // [tokens][heads][what it sees]

  PlainAttention(
      Attention a, TokenLayout layout, PlainTensor q, PlainTensor k, PlainTensor v, PlainTensor y) {
    this.a = a;
    this.q = q;
    this.k = k;
    this.v = v;
    this.y = y;
    int tokens = q.rows();
    pathOf = new int[tokens][];
    placeOf = new int[tokens];
    probs = new double[tokens][a.heads()][];
    for (int s = 0; s < layout.segments().size(); s++) {
      Segment segment = layout.segments().get(s);
      int[] path = layout.path(s);
      int before = path.length - segment.length();
      for (int i = 0; i < segment.length(); i++) {
        pathOf[segment.start() + i] = path;
        placeOf[segment.start() + i] = before + i;
      }
    }
  }

  void forward() {
    for (int token = 0; token < pathOf.length; token++) {
      for (int head = 0; head < a.heads(); head++) forward(token, head);
    }
  }

  void backward() {
    for (int token = 0; token < pathOf.length; token++) {
      for (int head = 0; head < a.heads(); head++) backward(token, head);
    }
  }

  private int firstSeen(int token) {
    return a.window() > 0 ? Math.max(0, placeOf[token] - a.window() + 1) : 0;
  }

  private int queryAt(int token, int head) {
    return token * q.columns() + head * a.headDim();
  }

  /** Where the key, and the value, of a token is that a query head reads. */
  private int keyAt(int token, int head) {
    return token * k.columns() + head / (a.heads() / a.kvHeads()) * a.headDim();
  }

  private void forward(int token, int head) {
    int first = firstSeen(token);
    double[] p = new double[placeOf[token] + 1 - first];
    double highest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < p.length; j++) {
      p[j] = score(token, pathOf[token][first + j], head);
      highest = Math.max(highest, p[j]);
    }
    double sum = 0;
    for (int j = 0; j < p.length; j++) {
      p[j] = Math.exp(p[j] - highest);
      sum += p[j];
    }
    for (int j = 0; j < p.length; j++) {
      p[j] /= sum;
      int seen = keyAt(pathOf[token][first + j], head);
      MatrixProducts.addScaled(p[j], v.values, seen, y.values, queryAt(token, head), a.headDim());
    }
    probs[token][head] = p;
  }

  private double score(int token, int seen, int head) {
    double raw =
        a.scale()
            * MatrixProducts.dot(
                q.values, queryAt(token, head), k.values, keyAt(seen, head), a.headDim());
    return a.softCap() > 0 ? a.softCap() * Math.tanh(raw / a.softCap()) : raw;
  }

  private void backward(int token, int head) {
    double[] p = probs[token][head];
    double[] upstream = y.gradient();
    int first = firstSeen(token);
    int query = queryAt(token, head);
    int n = a.headDim();
    double[] byP = new double[p.length];
    for (int j = 0; j < p.length; j++) {
      byP[j] =
          MatrixProducts.dot(upstream, query, v.values, keyAt(pathOf[token][first + j], head), n);
    }
    double mean = MatrixProducts.dot(p, 0, byP, 0, p.length);
    for (int j = 0; j < p.length; j++) {
      int seen = pathOf[token][first + j];
      int key = keyAt(seen, head);
      double byScore = p[j] * (byP[j] - mean) * a.scale();
      if (a.softCap() > 0) {
        double capped = score(token, seen, head) / a.softCap();
        byScore *= 1 - capped * capped;
      }
      if (q.tracked) MatrixProducts.addScaled(byScore, k.values, key, q.gradient(), query, n);
      if (k.tracked) MatrixProducts.addScaled(byScore, q.values, query, k.gradient(), key, n);
      if (v.tracked) MatrixProducts.addScaled(p[j], upstream, query, v.gradient(), key, n);
    }
  }
}
