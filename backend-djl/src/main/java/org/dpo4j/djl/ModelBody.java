package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.dpo4j.layout.Axis;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.CausalTransformer.Stage;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A model's stages, and as the last one what comes before the head's projection. */
final class ModelBody {
  private final List<Stage.Body> stages = new ArrayList<>();
  private final Kernels kernels;
  private final Function<Parameter, PtNDArray> weights;
  private final boolean fast;

  ModelBody(
      CausalTransformer model,
      Kernels kernels,
      Function<Parameter, PtNDArray> weights,
      boolean fast) {
    this.kernels = kernels;
    this.weights = weights;
    this.fast = fast;
    for (Stage stage : model.stages()) stages.add(stage.body());
    stages.add((ops, x) -> model.head().hidden(ops, Objects.requireNonNull(x, "a model's stages")));
  }

  Kernels kernels() {
    return kernels;
  }

  /** {@code [predictions, dim]}, normed; nothing else is kept. */
  PtNDArray hidden(PtNDManager scope, BatchArrays batch) {
    PtNDArray x = null;
    for (Stage.Body stage : stages) {
      PtNDArray next = run(scope, batch, null, stage, x);
      if (x != null) x.close();
      x = next;
    }
    return Objects.requireNonNull(x, "a model's stages");
  }

  /**
   * Runs forward, stage by stage, with a way back.
   *
   * @param keep whether each stage keeps what its way back needs, or makes it again
   * @return a pass for each stage; the last one's output is {@code [predictions, dim]}, normed
   */
  List<StagePass> forward(PtNDManager scope, BatchArrays batch, boolean keep) {
    List<StagePass> passes = new ArrayList<>();
    PtNDArray x = null;
    for (Stage.Body stage : stages) {
      StagePass pass = new StagePass(this, scope, batch, stage, x, keep);
      x = pass.output();
      passes.add(pass);
    }
    return passes;
  }

  /** Runs one stage; what it makes on the way is let go. */
  PtNDArray run(
      PtNDManager scope,
      BatchArrays batch,
      @Nullable Tape tape,
      Stage.Body body,
      @Nullable PtNDArray input) {
    try (PtNDManager stage = (PtNDManager) scope.newSubManager()) {
      DjlTensorOps ops = new DjlTensorOps(stage, kernels, weights, batch, tape, fast);
      Tensor x =
          input == null
              ? null
              : ops.tensor(input, Axis.TOKENS, Math.toIntExact(input.getShape().get(1)));
      PtNDArray result = DjlTensor.array(body.apply(ops, x));
      result.attach(scope);
      return result;
    }
  }
}
