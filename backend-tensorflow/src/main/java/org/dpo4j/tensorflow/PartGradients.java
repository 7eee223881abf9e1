package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Where gradients of weights add up, for each part of a batch apart; those of the first part are
 * the whole's, once all are merged in their order: the same bits each time.
 */
final class PartGradients {
  private final Ops tf;
  private final List<Parameter> parameters;
  private final Variables weights;
  private final List<Part> parts = new ArrayList<>();

  private record Part(Variables variables, Op fill, Op clear, @Nullable Op merge) {}

  PartGradients(Ops tf, List<Parameter> parameters, Variables weights) {
    this.tf = tf;
    this.parameters = parameters;
    this.weights = weights;
  }

  private Part part(int number) {
    while (parts.size() <= number) {
      Variables own = new Variables(tf, "gradient" + parts.size());
      Op merge = null;
      if (!parts.isEmpty()) {
        Variables whole = parts.get(0).variables;
        merge =
            InTurn.over(
                tf,
                parameters,
                (at, p) -> at.assignAddVariableOp(whole.handle(p), own.read(at, p)));
      }
      Op fill = InTurn.over(tf, parameters, own::assignZeros);
      Op clear = InTurn.over(tf, parameters, (at, p) -> own.clear(at, p, weights));
      parts.add(new Part(own, fill, clear, merge));
    }
    return parts.get(number);
  }

  /** The whole batch's. */
  Variables whole() {
    return part(0).variables;
  }

  /** Adds to a part's. */
  Op add(int part, Map<Parameter, Operand<TFloat32>> more) {
    Variables to = part(part).variables;
    List<Op> added = new ArrayList<>();
    more.forEach((p, gradient) -> added.add(tf.assignAddVariableOp(to.handle(p), gradient)));
    return InTurn.group(tf, added);
  }

  /**
   * Sets a part's to zero.
   *
   * @param finite whether they are there and finite: they then stay where they are
   */
  Op zero(int part, boolean finite) {
    return finite ? part(part).clear : part(part).fill;
  }

  /** Adds a part's to the whole's; not of the first part. */
  Op merge(int part) {
    return Objects.requireNonNull(part(part).merge, "the first part's are the whole's");
  }
}
