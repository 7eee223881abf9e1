package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;

/** Weights that move: gradients and AdamW's state beside them. */
final class DjlTrainingSession extends DjlScoringSession implements TrainingSession {
  private final Map<Parameter, TrainedParameter> parameters = new LinkedHashMap<>();
  private final AdamW optimizer;

  private final DjlMemory memory;
  private final long activationBytes;

  private @Nullable DjlForwardPass pass;
  private long steps;

  DjlTrainingSession(
      CausalTransformer model,
      WeightSource source,
      SessionOptions options,
      OptimizerOptions optimizerOptions,
      DataType type,
      int headChunk) {
    super(model, source, options, type, headChunk);
    memory = new DjlMemory(model, options, type, headChunk);
    activationBytes = options.activationBytes();
    try {
      compute(
          () ->
              weights.forEach((p, w) -> parameters.put(p, TrainedParameter.of(scope, type, p, w))));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    optimizer = new AdamW(kernels, optimizerOptions, parameters.values());
  }

  @Override
  public ForwardPass forward(Batch microBatch, Set<HeadStatistic> wanted) {
    if (pass != null && pass.isOpen()) {
      throw new IllegalStateException("the last forward pass is still open");
    }
    pass = new DjlForwardPass(this, microBatch, wanted);
    return pass;
  }

  /** Whether stages make again what their way back needs (activation checkpointing). */
  boolean recomputes(BatchShape shape) {
    return memory.pass(shape, false) > activationBytes;
  }

  /** Where a parameter's gradient adds up. */
  PtNDArray gradient(Parameter p) {
    return parameter(p).gradient();
  }

  @Override
  public double apply(double learningRate) {
    return compute(
        () -> {
          try (PtNDManager step = (PtNDManager) scope.newSubManager()) {
            double norm = optimizer.norm(step);
            if (Double.isFinite(norm)) {
              steps++;
              optimizer.step(step, norm, learningRate, steps);
            }
            optimizer.zeroGradients();
            return norm;
          }
        });
  }

  @Override
  public void discard() {
    compute(optimizer::zeroGradients);
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public void steps(long taken) {
    steps = taken;
  }

  @Override
  public void read(Kind kind, Parameter parameter, WeightSource.RowBlocks blocks) {
    compute(() -> ParameterArrays.stream(parameter(parameter).array(kind), parameter, blocks));
  }

  @Override
  public void write(Kind kind, Parameter parameter, WeightSource source) {
    compute(() -> ParameterArrays.fill(parameter(parameter).array(kind), parameter, source));
  }

  private TrainedParameter parameter(Parameter p) {
    TrainedParameter trained = parameters.get(p);
    if (trained == null) {
      throw new IllegalArgumentException(p.name() + " " + p.shape() + " is not trained here");
    }
    return trained;
  }
}
