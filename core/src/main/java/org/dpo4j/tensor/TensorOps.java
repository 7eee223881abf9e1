package org.dpo4j.tensor;

import java.util.Set;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;

/**
 * What a model needs of an engine: coarse operations, for that is where kernels fuse. One instance
 * is one trace, bound to a batch (eager engines) or to a graph's inputs. Axes are checked while
 * tracing.
 */
public interface TensorOps {
  /** Which curve GELU (Hendrycks 2016) takes. */
  enum Gelu {
    /** {@code x Phi(x)}. */
    EXACT,
    /** The tanh approximation. */
    TANH
  }

  /** Numbers that the batch brings, {@code [axis, width]}. */
  Tensor column(Column c);

  /** A hyper-parameter, {@code [one, 1]}; goes with every shape. */
  Tensor constant(double c);

  /** The rows of {@code x [to, n]} that the index names: {@code [from, n]}. */
  Tensor gather(Tensor x, Index i);

  /** Equal shapes, or one of them a constant. */
  Tensor add(Tensor a, Tensor b);

  /** Equal shapes, or one of them a constant. */
  Tensor multiply(Tensor a, Tensor b);

  /** {@code x sigmoid(x)}. */
  Tensor silu(Tensor x);

  Tensor gelu(Tensor x, Gelu kind);

  /** {@code cap * tanh(x / cap)}, {@code cap > 0}. */
  Tensor softCap(Tensor x, double cap);

  /**
   * Of each of {@code groups} equal groups of x's columns, {@code width} columns from {@code
   * start}: {@code [axis, groups * width]}. Takes fused and interleaved projections apart.
   */
  Tensor columns(Tensor x, int groups, int start, int width);

  /** Rows of a table, {@code [from, table.columns]}. */
  Tensor embedding(Parameter table, Index i);

  /** {@code x [axis, in] -> [axis, out]}. */
  Tensor linear(Tensor x, Linear l);

  /**
   * {@code x / sqrt(mean(x^2) + eps) * (weight + offset)} (Zhang 2019, eq. 4), over groups of
   * {@code weight.columns} columns: the whole row, or each head.
   */
  Tensor rmsNorm(Tensor x, Parameter weight, double eps, double offset);

  /** {@code (x - mean) / sqrt(var + eps) * weight + bias} (Ba 2016), over the whole row. */
  Tensor layerNorm(Tensor x, Parameter weight, Parameter bias, double eps);

  /**
   * {@code q [tokens, heads * headDim]}, {@code k}, {@code v [tokens, kvHeads * headDim]} {@code ->
   * [tokens, heads * headDim]}. The trace knows the layout.
   */
  Tensor attention(Attention a, Tensor q, Tensor k, Tensor v);

  /**
   * Log-softmax of the head's (capped) logits, read at the targets.
   *
   * @param hidden {@code [predictions, dim]}
   * @param softCap of the logits; 0: none
   * @param wanted which statistics to tell as well
   */
  TokenLogProbs tokenLogProbs(
      Tensor hidden, Linear head, double softCap, Index targets, Set<HeadStatistic> wanted);

  /** The axis of a result of two operands. */
  static Axis join(Tensor a, Tensor b) {
    if (a.axis().equals(b.axis()) || b.axis().equals(Axis.ONE)) return a.axis();
    if (a.axis().equals(Axis.ONE)) return b.axis();
    throw new IllegalArgumentException("[" + a.axis() + "] does not go with [" + b.axis() + "]");
  }

  /** Refuses a tensor on another axis. */
  static void on(Tensor x, Axis axis, String what) {
    if (!x.axis().equals(axis)) {
      throw new IllegalArgumentException(what + " expects [" + axis + "], got [" + x.axis() + "]");
    }
  }
}
