package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.List;
import java.util.Objects;
import org.dpo4j.model.CausalTransformer.Stage;
import org.jspecify.annotations.Nullable;

/**
 * One stage's way forward over a part of a batch, cut off from the stage before, and its way back.
 * What autograd needs for the way back is either kept, or made again from the stage's input
 * (activation checkpointing, Chen 2016).
 */
final class StagePass implements AutoCloseable {
  private final ModelBody model;
  private final BatchArrays batch;
  private final Stage.Body body;
  private final PtNDManager scope;
  private final @Nullable PtNDArray input;
  private @Nullable Tape tape;
  private PtNDArray output;

  /**
   * Runs forward.
   *
   * @param input the stage before's output; null for the first one
   * @param keep whether to keep what the way back needs
   */
  StagePass(
      ModelBody model,
      PtNDManager parent,
      BatchArrays batch,
      Stage.Body body,
      @Nullable PtNDArray input,
      boolean keep) {
    this.model = model;
    this.batch = batch;
    this.body = body;
    scope = (PtNDManager) parent.newSubManager();
    this.input = input == null ? null : Tape.leaf(scope, model.kernels(), input);
    output = keep ? recorded() : model.run(scope, batch, null, body, this.input);
  }

  private PtNDArray recorded() {
    Tape recorded = new Tape(scope, model.kernels());
    tape = recorded;
    return PyTorchThread.recorded(() -> model.run(scope, batch, recorded, body, input));
  }

  /** {@code [tokens, dim]}; after the last stage {@code [predictions, dim]}. */
  PtNDArray output() {
    return output;
  }

  /**
   * What came of a way back.
   *
   * @param ofInput null for the first stage
   */
  record Gradients(@Nullable PtNDArray ofInput, List<WeightGradient> ofWeights) {}

  /**
   * Goes back. What comes out lives as long as this pass.
   *
   * @param upstream the gradient of the output
   */
  Gradients backward(PtNDArray upstream) {
    if (tape == null) output = recorded();
    List<PtNDArray> inputs = input == null ? List.of() : List.of(input);
    Tape.Gradients found =
        Objects.requireNonNull(tape, "a recording").backward(output, inputs, upstream);
    return new Gradients(input == null ? null : found.ofInputs().get(0), found.ofWeights());
  }

  @Override
  public void close() {
    scope.close();
  }
}
