package org.dpo4j.training;

import java.util.Set;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.backend.TrainingMemory;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.PlainBackend;

/** A plain backend that goes wrong on purpose, and counts. */
final class FaultyBackend implements TrainingBackend {
  /** The optimizer step, from 0, whose gradient has a norm that is not finite. */
  long badNormAt = Long.MAX_VALUE;

  /** Whether scoring fails once a step was taken. */
  boolean scoringFailsAfterwards;

  int scored;
  int forwarded;
  int firstTokens;
  int opened;
  int openSessions;

  private final TrainingBackend plain = new PlainBackend();

  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public String description() {
    return "plain, with faults";
  }

  @Override
  public ScoringSession openScoring(
      CausalTransformer model, WeightSource weights, SessionOptions options) {
    return openTraining(model, weights, options, OptimizerOptions.defaults());
  }

  @Override
  public TrainingSession openTraining(
      CausalTransformer model,
      WeightSource weights,
      SessionOptions options,
      OptimizerOptions optimizer) {
    opened++;
    openSessions++;
    return new Session(plain.openTraining(model, weights, options, optimizer));
  }

  @Override
  public TrainingMemory memory(CausalTransformer model, SessionOptions options) {
    return plain.memory(model, options);
  }

  private final class Session implements TrainingSession {
    private final TrainingSession session;

    Session(TrainingSession session) {
      this.session = session;
    }

    @Override
    public TokenScores score(Batch batch, Set<HeadStatistic> wanted) {
      if (scoringFailsAfterwards && session.steps() > 0) {
        throw new IllegalStateException("the engine is gone");
      }
      scored++;
      return session.score(batch, wanted);
    }

    @Override
    public ForwardPass forward(Batch microBatch, Set<HeadStatistic> wanted) {
      if (forwarded++ == 0) firstTokens = microBatch.layout().length(Axis.TOKENS);
      return session.forward(microBatch, wanted);
    }

    @Override
    public double apply(double learningRate) {
      if (session.steps() == badNormAt) {
        session.discard();
        return Double.NaN;
      }
      return session.apply(learningRate);
    }

    @Override
    public void discard() {
      session.discard();
    }

    @Override
    public long steps() {
      return session.steps();
    }

    @Override
    public void read(Kind kind, Parameter parameter, WeightSource.RowBlocks blocks) {
      session.read(kind, parameter, blocks);
    }

    @Override
    public void write(Kind kind, Parameter parameter, WeightSource source) {
      session.write(kind, parameter, source);
    }

    @Override
    public void steps(long taken) {
      session.steps(taken);
    }

    @Override
    public void close() {
      openSessions--;
      session.close();
    }
  }
}
