package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.List;
import java.util.Objects;
import org.dpo4j.djl.Tape.Slot;
import org.dpo4j.model.CausalTransformer.Stage;
import org.jspecify.annotations.Nullable;

/**
 * One stage's way forward over a part of a batch, cut off from the stage before, and its way back.
 * What is needed for the way back is either kept, or made again from the stage's input (activation
 * checkpointing, Chen 2016).
 */
final class StagePass implements AutoCloseable {
  private final ModelBody model;
  private final BatchArrays batch;
  private final Stage.Body body;
  private final PtNDManager scope;
  private final @Nullable PtNDArray input;
  private @Nullable Recording recording;
  private final PtNDArray output;

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
    this.input = input == null ? null : kernels().tensor(scope, "detached", input);
    if (keep) {
      recording = record();
      output = recording.output();
    } else {
      output = model.run(scope, batch, null, body, this.input);
    }
  }

  private Kernels kernels() {
    return model.kernels();
  }

  /** A way forward that can go back. */
  private record Recording(Tape tape, PtNDArray output, @Nullable Slot ofInput) {}

  private Recording record() {
    Tape tape = new Tape(scope, kernels());
    Slot ofInput = input == null ? null : tape.track(input);
    return new Recording(tape, model.run(scope, batch, tape, body, input), ofInput);
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
  @SuppressWarnings("ReferenceEquality") // whether they are one array
  Gradients backward(PtNDArray upstream) {
    Recording there = recording == null ? record() : recording;
    recording = null;
    Slot ofOutput = Objects.requireNonNull(there.tape().slot(there.output()), "a stage's result");
    List<WeightGradient> ofWeights = there.tape().backward(ofOutput, upstream);
    if (input == null) return new Gradients(null, ofWeights);
    PtNDArray ofInput = Objects.requireNonNull(there.ofInput(), "an input's").gradient();
    if (ofInput == null) ofInput = kernels().tensor(scope, "zeros_like", input);
    if (ofInput == upstream) ofInput = there.tape().keep(upstream); // to be closed by itself
    return new Gradients(ofInput, ofWeights);
  }

  @Override
  public void close() {
    scope.close();
  }
}
