package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;

/**
 * Where a stage used weights. Autograd never sees a weight that is multiplied or looked up in: it
 * would make a gradient of the weight's size and add that to the one before. It is asked for the
 * gradient of what came out instead, and {@link WeightGradient} goes from there to the weight's
 * own, in place.
 */
final class Tape {
  private final PtNDManager scope;
  private final Kernels kernels;
  private final List<Use> uses = new ArrayList<>();
  private final IdentityHashMap<PtNDArray, PtNDArray> kept = new IdentityHashMap<>();

  /** A use of a weight, and the array whose gradient leads to the weight's. */
  sealed interface Use {
    PtNDArray result();
  }

  /** {@code result = input x weight}. */
  record Product(Linear linear, PtNDArray input, PtNDArray result) implements Use {}

  /** {@code result = table[indexes]}. */
  record Rows(Parameter table, PtNDArray indexes, PtNDArray result) implements Use {}

  /** Another handle of the weight, differentiated by autograd: for small weights. */
  record Whole(Parameter weight, PtNDArray result) implements Use {}

  /**
   * @param scope lives until the way back is done
   */
  Tape(PtNDManager scope, Kernels kernels) {
    this.scope = scope;
    this.kernels = kernels;
  }

  void product(Linear linear, PtNDArray input, PtNDArray result) {
    uses.add(new Product(linear, keep(input), keep(result)));
  }

  /** Rows of a table, cut off from it. */
  void rows(Parameter table, PtNDArray indexes, PtNDArray rows) {
    rows.setRequiresGradient(true);
    uses.add(new Rows(table, indexes, keep(rows)));
  }

  /** A weight for autograd. */
  PtNDArray whole(Parameter parameter, PtNDArray weight) {
    PtNDArray leaf = leaf(scope, kernels, weight);
    uses.add(new Whole(parameter, leaf));
    return leaf;
  }

  /**
   * What came of a way back.
   *
   * @param ofInputs in the inputs' order
   */
  record Gradients(List<PtNDArray> ofInputs, List<WeightGradient> ofWeights) {}

  /**
   * Goes back. What comes out belongs to this tape's scope.
   *
   * @param output of the trace
   * @param inputs whose gradients are asked for too
   * @param upstream the gradient of the output
   */
  Gradients backward(PtNDArray output, List<PtNDArray> inputs, PtNDArray upstream) {
    List<PtNDArray> at = new ArrayList<>(inputs);
    for (Use use : uses) at.add(use.result());
    List<PtNDArray> found =
        List.of(
            kernels.tensors(scope, "gradients", output, at.toArray(new PtNDArray[0]), upstream));
    List<WeightGradient> ofWeights = new ArrayList<>();
    for (int i = 0; i < uses.size(); i++) {
      ofWeights.add(new WeightGradient(uses.get(i), found.get(inputs.size() + i)));
    }
    return new Gradients(found.subList(0, inputs.size()), ofWeights);
  }

  /** Another handle of an array, at which autograd stops. */
  static PtNDArray leaf(PtNDManager scope, Kernels kernels, PtNDArray array) {
    PtNDArray leaf = kernels.tensor(scope, "detached", array);
    leaf.setRequiresGradient(true);
    return leaf;
  }

  /** A handle that outlives the trace. */
  private PtNDArray keep(PtNDArray array) {
    return kept.computeIfAbsent(array, a -> kernels.tensor(scope, "same", a));
  }
}
