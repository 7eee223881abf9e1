package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.List;
import java.util.function.Function;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;

/** What one use of a weight adds to its gradient: the use, and the gradient of the use's result. */
record WeightGradient(Use use, PtNDArray upstream) {
  /** A use of a weight. */
  sealed interface Use {}

  /** {@code input x weight}. */
  record Product(Linear linear, Tape.Kept input) implements Use {}

  /** {@code table[indexes]}. */
  record Rows(Parameter table, PtNDArray indexes) implements Use {}

  /** Any use; the gradient is the weight's own already. */
  record Whole(Parameter weight) implements Use {}

  /**
   * Adds what all parts of a batch have to add, in the order of parts. Members share the work out
   * by rows of the weights, so none waits for another and the order of sums never changes.
   *
   * @param gradients where each parameter's gradient adds up
   * @param shares who of the members takes which rows
   * @param member of those that share, who all call this
   */
  static void add(
      Kernels kernels,
      List<List<WeightGradient>> ofParts,
      Function<Parameter, PtNDArray> gradients,
      Shares shares,
      int member) {
    for (List<WeightGradient> part : ofParts) {
      for (WeightGradient g : part) g.add(kernels, gradients, shares, member);
    }
  }

  private void add(
      Kernels kernels, Function<Parameter, PtNDArray> gradients, Shares shares, int member) {
    if (use instanceof Product p) {
      Linear linear = p.linear();
      Parameter weight = linear.weight();
      PtNDArray input = p.input().array();
      PtNDArray rows = linear.storedInOut() ? input : upstream;
      PtNDArray columns = linear.storedInOut() ? upstream : input;
      int start = shares.start(member, weight.rows());
      int end = shares.start(member + 1, weight.rows());
      if (end > start) {
        kernels.run("add_product", gradients.apply(weight), rows, columns, start, end);
      }
    } else if (member == 0 && use instanceof Rows r) {
      kernels.run("add_rows", gradients.apply(r.table()), r.indexes(), upstream);
    } else if (member == 0 && use instanceof Whole w) {
      kernels.run("add_whole", gradients.apply(w.weight()), upstream);
    }
  }
}
