package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
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
import org.tensorflow.Result;
import org.tensorflow.op.Op;

/** Trains on one graph. */
final class TensorFlowTrainingSession extends TensorFlowScoringSession implements TrainingSession {
  private static final double TORCH_EPSILON = 1e-6; // of torch.nn.utils.clip_grad_norm_

  private final TrainingGraph training;
  private final double maxGradNorm;
  private final TensorFlowMemory memory;
  private final long activationBytes;
  private final boolean keeps;
  private long steps;

  /** So many parts have gradients; what others' variables hold is nothing. */
  private int gradients;

  /** Variables of so many parts hold finite numbers, or did before this step's gradients came. */
  private int finite;

  private @Nullable TensorFlowForwardPass open;

  TensorFlowTrainingSession(
      CausalTransformer model,
      WeightSource weights,
      SessionOptions options,
      OptimizerOptions optimizer) {
    super(model, weights, options);
    maxGradNorm = optimizer.maxGradNorm();
    memory = new TensorFlowMemory(model, options);
    activationBytes = options.activationBytes();
    keeps = options.fastPaths();
    try {
      training = new TrainingGraph(graph(), model, forward(), optimizer);
      for (Kind kind : Kind.values()) if (kind != Kind.WEIGHT) streams(variables(kind));
      run(training.optimizer().zeroMoments());
      // What stays lies side by side, below all that comes and goes.
      finite = crew().size();
      for (int part = 0; part < finite; part++) run(training.gradients().zero(part, false));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  void run(Op operation) {
    try (Run run = newRun()) {
      run.target(operation).run().close();
    }
  }

  @Override
  public ForwardPass forward(Batch microBatch, Set<HeadStatistic> wanted) {
    if (open != null) throw new IllegalStateException("a forward pass is still open");
    forget();
    open = new TensorFlowForwardPass(this, microBatch, wanted);
    return open;
  }

  TrainingGraph training() {
    return training;
  }

  /** Whether stages make again what their way back needs (activation checkpointing). */
  boolean recomputes(Batch microBatch) {
    return memory.pass(BatchShape.of(microBatch.layout()), false) > activationBytes;
  }

  /** Whether the way back reads what the way forward has fetched, instead of going there again. */
  boolean keeps() {
    return keeps;
  }

  /** A pass says that it is closed. */
  void closed(TensorFlowForwardPass pass) {
    if (open == pass) open = null;
  }

  /**
   * Makes gradients ready for so many parts.
   *
   * @return what has to run first for each of them
   */
  List<Op> startGradients(int parts) {
    List<Op> first = new ArrayList<>();
    for (int part = gradients; part < parts; part++) first.add(zero(part));
    return first;
  }

  private Op zero(int part) {
    return training.gradients().zero(part, part < finite);
  }

  /** Gradients of so many parts are there. */
  void haveGradients(int parts) {
    gradients = Math.max(gradients, parts);
  }

  /** Brings the gradients of parts together, in their order. */
  private void mergeGradients() {
    if (gradients != 1) forget();
    if (gradients == 0) run(zero(0));
    for (int part = 1; part < gradients; part++) run(training.gradients().merge(part));
    gradients = 1;
    finite = 0;
  }

  @Override
  public double apply(double learningRate) {
    forget();
    double norm = wholeNorm();
    if (Double.isFinite(norm)) {
      double clip = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + TORCH_EPSILON)) : 1;
      try (Run run = newRun()) {
        training.optimizer().apply(run, learningRate, steps + 1, clip);
      }
      steps++;
    }
    gradients = 0;
    return norm;
  }

  /** Of all that was added up; whether that is finite decides how it is set to zero. */
  private double wholeNorm() {
    int parts = Math.max(finite, gradients);
    mergeGradients();
    double norm = norm();
    if (Double.isFinite(norm)) finite = parts;
    return norm;
  }

  private double norm() {
    try (Run run = newRun();
        Result result = run.fetch(training.optimizer().norm()).run()) {
      return Run.numbers(result.get(0))[0];
    }
  }

  @Override
  public void discard() {
    session(); // which is open
    forget();
    if (gradients > 0) wholeNorm();
    gradients = 0;
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
    if (kind == Kind.GRADIENT) mergeGradients();
    variables(kind).read(session(), parameter, blocks);
  }

  @Override
  public void write(Kind kind, Parameter parameter, WeightSource source) {
    if (kind == Kind.GRADIENT) mergeGradients();
    variables(kind).write(session(), parameter, source);
  }

  private Variables variables(Kind kind) {
    return switch (kind) {
      case WEIGHT -> forward().weights();
      case FIRST_MOMENT -> training.optimizer().firstMoments();
      case SECOND_MOMENT -> training.optimizer().secondMoments();
      case GRADIENT -> training.gradients().whole();
    };
  }
}
