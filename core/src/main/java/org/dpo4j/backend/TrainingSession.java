package org.dpo4j.backend;

import java.util.Set;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;

/** A session whose weights move. {@link #score} is at the current weights. */
public interface TrainingSession extends ScoringSession {
  /** What a session keeps of each parameter. */
  enum Kind {
    WEIGHT,
    /** AdamW's running mean of the gradient. */
    FIRST_MOMENT,
    /** AdamW's running mean of the squared gradient. */
    SECOND_MOMENT,
    /** What was accumulated since the last {@link #apply} or {@link #discard}. */
    GRADIENT
  }

  /** Runs forward, with dropout, and keeps what backward needs. One pass is open at a time. */
  ForwardPass forward(Batch microBatch, Set<HeadStatistic> wanted);

  /**
   * Clips the accumulated gradient, takes one AdamW step with it and zeroes it. Where the
   * gradient's norm is not finite, no step is taken: weights, moments and {@link #steps} stay as
   * they are.
   *
   * @return the gradient's global L2 norm before the clip
   */
  double apply(double learningRate);

  /** Zeroes the accumulated gradient; nothing else moves. */
  void discard();

  /** Optimizer steps taken. */
  long steps();

  /** Streams a tensor out. */
  void read(Kind kind, Parameter parameter, WeightSource.RowBlocks blocks);

  /**
   * Streams a tensor in, so that a run goes on where another session, of any engine, stopped.
   *
   * @param source gives the tensor when asked for the parameter
   */
  void write(Kind kind, Parameter parameter, WeightSource source);

  /** Sets the number of optimizer steps taken. */
  void steps(long taken);

  /** The current weights. */
  default WeightSource weights() {
    return (parameter, blocks) -> read(Kind.WEIGHT, parameter, blocks);
  }
}
