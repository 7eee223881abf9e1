package org.dpo4j.backend;

import org.dpo4j.layout.TokenScores;

/** A forward pass that can be gone back through. */
public interface ForwardPass extends AutoCloseable {
  TokenScores scores();

  /**
   * Adds to the gradients of the parameters; at most once.
   *
   * @param gradientOfTokenLogProbs {@code [predictions]}: of the objective, with respect to {@link
   *     TokenScores#logProbs}
   */
  void backward(double[] gradientOfTokenLogProbs);

  /** Frees what was kept. */
  @Override
  void close();
}
