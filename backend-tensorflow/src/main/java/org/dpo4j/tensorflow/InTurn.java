package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import org.dpo4j.tensor.Parameter;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/**
 * An operation on every weight, two weights at a time: what it makes on the way is then there
 * twice, not for all.
 */
final class InTurn {
  private static final int CHAINS = 2;

  private InTurn() {}

  /**
   * Groups an operation of each weight.
   *
   * @param operation makes a weight's, after all that the operations given to it are bound to
   */
  static Op over(
      Ops tf, List<Parameter> parameters, BiFunction<Ops, Parameter, ? extends Op> operation) {
    List<Op> last = new ArrayList<>();
    long[] sizes = new long[CHAINS];
    for (int chain = 0; chain < CHAINS; chain++) last.add(tf.noOp());
    List<Parameter> largestFirst = new ArrayList<>(parameters);
    largestFirst.sort(Comparator.comparingLong((Parameter p) -> -p.size()));
    for (Parameter p : largestFirst) {
      int chain = 0;
      for (int c = 1; c < CHAINS; c++) if (sizes[c] < sizes[chain]) chain = c;
      sizes[chain] += p.size();
      last.set(chain, operation.apply(tf.withControlDependencies(List.of(last.get(chain))), p));
    }
    return group(tf, last);
  }

  /** Done when all of them are. */
  static Op group(Ops tf, List<Op> operations) {
    return tf.withControlDependencies(operations).noOp();
  }
}
