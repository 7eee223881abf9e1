package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.function.Function;
import org.dpo4j.layout.Axis;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.CausalTransformer.Stage;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;
import org.jspecify.annotations.Nullable;

/** Runs a model's stages, each in a scope of its own, up to the hidden states that predict. */
final class ModelBody {
  private final CausalTransformer model;
  private final Kernels kernels;
  private final Function<Parameter, PtNDArray> weights;

  ModelBody(CausalTransformer model, Kernels kernels, Function<Parameter, PtNDArray> weights) {
    this.model = model;
    this.kernels = kernels;
    this.weights = weights;
  }

  /** {@code [predictions, dim]}, normed; differentiable where gradient mode is on. */
  PtNDArray hidden(PtNDManager scope, BatchArrays batch, EmbeddingUses embeddings) {
    PtNDArray x = null;
    for (Stage stage : model.stages()) x = run(scope, batch, embeddings, stage.body(), x);
    return run(scope, batch, embeddings, (ops, last) -> hidden(ops, last), x);
  }

  private Tensor hidden(TensorOps ops, @Nullable Tensor last) {
    if (last == null) throw new IllegalStateException("a model without stages");
    return model.head().hidden(ops, last);
  }

  /** Runs one stage; what it makes but its result, and its input, are let go. */
  private PtNDArray run(
      PtNDManager scope,
      BatchArrays batch,
      EmbeddingUses embeddings,
      Stage.Body body,
      @Nullable PtNDArray input) {
    try (PtNDManager stage = (PtNDManager) scope.newSubManager()) {
      DjlTensorOps ops = new DjlTensorOps(stage, kernels, weights, batch, embeddings);
      if (input != null) input.attach(stage);
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
