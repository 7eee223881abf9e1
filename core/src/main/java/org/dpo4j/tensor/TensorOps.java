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

  /** The operand that has the shape of the result: equal shapes, or one of them a constant. */
  static Tensor join(Tensor a, Tensor b) {
    if (isConstant(b)) return a;
    if (isConstant(a) || (a.axis().equals(b.axis()) && a.columns() == b.columns())) return b;
    throw new IllegalArgumentException(
        "["
            + a.axis()
            + ", "
            + a.columns()
            + "] does not go with ["
            + b.axis()
            + ", "
            + b.columns()
            + "]");
  }

  private static boolean isConstant(Tensor x) {
    return x.axis().equals(Axis.ONE) && x.columns() == 1;
  }

  /** Refuses a tensor of other than so many columns. */
  static void wide(Tensor x, int columns, String what) {
    if (x.columns() != columns) {
      throw new IllegalArgumentException(
          what + " expects " + columns + " columns, got " + x.columns());
    }
  }

  /** Refuses a tensor whose columns are not whole groups of {@code size}. */
  static void inGroupsOf(Tensor x, int size, String what) {
    if (x.columns() % size != 0) {
      throw new IllegalArgumentException(
          what + " expects groups of " + size + " columns, got " + x.columns());
    }
  }

  /** Refuses columns that a tensor's groups don't have; see {@link #columns}. */
  static void inGroups(Tensor x, int groups, int start, int width) {
    if (x.columns() % groups != 0
        || start < 0
        || width < 1
        || start + width > x.columns() / groups) {
      throw new IllegalArgumentException(
          "columns "
              + start
              + " to "
              + (start + width)
              + " of each of "
              + groups
              + " groups of "
              + x.columns());
    }
  }

  /** Refuses a tensor on another axis. */
  static void on(Tensor x, Axis axis, String what) {
    if (!x.axis().equals(axis)) {
      throw new IllegalArgumentException(what + " expects [" + axis + "], got [" + x.axis() + "]");
    }
  }
}
