package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.List;
import java.util.function.Function;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;

/** What one use of a weight adds to its gradient: the use, and the gradient of the use's result. */
record WeightGradient(Tape.Use use, PtNDArray upstream) {
  /**
   * Adds what all parts of a batch have to add, in the order of parts. Members share the work out
   * by rows of the weights, so none waits for another and the order of sums never changes.
   *
   * @param gradients where each parameter's gradient adds up
   * @param member of so many, who all call this
   */
  static void add(
      Kernels kernels,
      List<List<WeightGradient>> ofParts,
      Function<Parameter, PtNDArray> gradients,
      int member,
      int members) {
    for (List<WeightGradient> part : ofParts) {
      for (WeightGradient g : part) g.add(kernels, gradients, member, members);
    }
  }

  private void add(
      Kernels kernels, Function<Parameter, PtNDArray> gradients, int member, int members) {
    if (use instanceof Tape.Product p) {
      Linear linear = p.linear();
      Parameter weight = linear.weight();
      PtNDArray rows = linear.storedInOut() ? p.input() : upstream;
      PtNDArray columns = linear.storedInOut() ? upstream : p.input();
      long start = (long) weight.rows() * member / members;
      long end = (long) weight.rows() * (member + 1) / members;
      kernels.run("add_product", gradients.apply(weight), rows, columns, start, end);
    } else if (member == 0 && use instanceof Tape.Rows r) {
      kernels.run("add_rows", gradients.apply(r.table()), r.indexes(), upstream);
    } else if (member == 0 && use instanceof Tape.Whole w) {
      kernels.run("add_whole", gradients.apply(w.weight()), upstream);
    }
  }
}
