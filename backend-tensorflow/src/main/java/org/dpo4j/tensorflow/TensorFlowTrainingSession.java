package org.dpo4j.tensorflow;

import java.util.Set;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;

/**
 * Trains on one graph. The forward pass keeps nothing in the engine: going back runs forward once
 * more, with the gradient of the token log-probs fed.
 */
final class TensorFlowTrainingSession extends TensorFlowScoringSession implements TrainingSession {
  private static final double TORCH_EPSILON = 1e-6; // of torch.nn.utils.clip_grad_norm_

  private final TrainingGraph training;
  private final double maxGradNorm;
  private final TensorFlowMemory memory;
  private final long activationBytes;
  private long steps;
  private @Nullable Pass open;

  TensorFlowTrainingSession(
      CausalTransformer model,
      WeightSource weights,
      SessionOptions options,
      OptimizerOptions optimizer) {
    super(model, weights, options);
    maxGradNorm = optimizer.maxGradNorm();
    memory = new TensorFlowMemory(model);
    activationBytes = options.activationBytes();
    try {
      training = new TrainingGraph(graph(), model, forward(), optimizer);
      run(training.zeroMoments());
      discard();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void run(Op operation) {
    try (Run run = new Run(session())) {
      run.target(operation).run().close();
    }
  }

  @Override
  public ForwardPass forward(Batch microBatch, Set<HeadStatistic> wanted) {
    if (open != null) throw new IllegalStateException("a forward pass is still open");
    open = new Pass(microBatch, score(microBatch, wanted));
    return open;
  }

  private final class Pass implements ForwardPass {
    private final Batch batch;
    private final TokenScores scores;
    private boolean spent;

    Pass(Batch batch, TokenScores scores) {
      this.batch = batch;
      this.scores = scores;
    }

    @Override
    public TokenScores scores() {
      return scores;
    }

    @Override
    public void backward(double[] gradientOfTokenLogProbs) {
      if (spent) throw new IllegalStateException("backward was called, or the pass is closed");
      spent = true;
      int predictions = batch.layout().length(Axis.PREDICTIONS);
      if (gradientOfTokenLogProbs.length != predictions) {
        throw new IllegalArgumentException(
            "a gradient of "
                + gradientOfTokenLogProbs.length
                + " numbers for "
                + predictions
                + " predictions");
      }
      if (predictions == 0) return;
      boolean recompute = memory.pass(BatchShape.of(batch.layout()), false) > activationBytes;
      try (Run run = new Run(session())) {
        forward().inputs().feed(run, batch);
        run.feed(training.gradientOfLogProbs(), Shape.of(predictions), gradientOfTokenLogProbs)
            .target(training.accumulate(recompute))
            .run()
            .close();
      }
    }

    @Override
    public void close() {
      spent = true;
      if (open == this) open = null;
    }
  }

  @Override
  public double apply(double learningRate) {
    double norm = norm();
    if (!Double.isFinite(norm)) {
      discard();
      return norm;
    }
    double clip = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + TORCH_EPSILON)) : 1;
    try (Run run = new Run(session())) {
      training.apply(run, learningRate, steps + 1, clip);
    }
    steps++;
    return norm;
  }

  private double norm() {
    try (Run run = new Run(session());
        Result result = run.fetch(training.norm()).run()) {
      return Run.numbers(result.get(0))[0];
    }
  }

  @Override
  public void discard() {
    run(training.zeroGradients());
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
    variables(kind).read(session(), parameter, blocks);
  }

  @Override
  public void write(Kind kind, Parameter parameter, WeightSource source) {
    variables(kind).write(session(), parameter, source);
  }

  private Variables variables(Kind kind) {
    return switch (kind) {
      case WEIGHT -> forward().weights();
      case FIRST_MOMENT -> training.firstMoments();
      case SECOND_MOMENT -> training.secondMoments();
      case GRADIENT -> training.gradients();
    };
  }
}
