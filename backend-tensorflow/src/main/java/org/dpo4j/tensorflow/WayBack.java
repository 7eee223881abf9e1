package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** One stretch of the way back, for the parts of a batch. */
final class WayBack {
  private final PartGradients gradients;
  private final Set<Output<?>> kept;
  private final @Nullable Operand<TFloat32> ofInput;
  private final Map<Parameter, Operand<TFloat32>> ofWeights;
  private final List<Op> done = new ArrayList<>();

  /**
   * @param gradients where those of weights add up
   * @param frontier to the way forward
   * @param ofInput the gradient of what the stretch reads; null of the body, which reads ids
   * @param ofWeights what it adds to each weight's gradient
   */
  WayBack(
      PartGradients gradients,
      Frontier frontier,
      @Nullable Operand<TFloat32> ofInput,
      Map<Parameter, Operand<TFloat32>> ofWeights) {
    this.gradients = gradients;
    List<Op> ends = new ArrayList<>(ofWeights.values());
    if (ofInput != null) ends.add(ofInput);
    this.kept = frontier.of(ends);
    this.ofInput = ofInput;
    this.ofWeights = ofWeights;
  }

  /** What it reads of the way forward. */
  Set<Output<?>> kept() {
    return kept;
  }

  /** The gradient of what the stretch reads, {@code [predictions, dim]} of the head. */
  Operand<TFloat32> ofInput() {
    return Objects.requireNonNull(ofInput, "the gradient of an input");
  }

  /** All that a part adds to its gradients of weights. */
  Op done(int part) {
    while (done.size() <= part) done.add(gradients.add(done.size(), ofWeights));
    return done.get(part);
  }
}
