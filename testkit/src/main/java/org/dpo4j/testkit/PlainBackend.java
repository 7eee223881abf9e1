package org.dpo4j.testkit;

import org.dpo4j.backend.ActivationSize;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.backend.TrainingMemory;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;

/**
 * A training backend in plain Java and double precision: slow, exact, without anything native. For
 * tests of what uses a backend, and to compare other backends with.
 */
public final class PlainBackend implements TrainingBackend {
  @Override
  public String name() {
    return "plain";
  }

  @Override
  public String description() {
    return "plain Java, double precision";
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
    return new PlainSession(model, weights, optimizer);
  }

  /** Four double-precision arrays of every weight, and all that operations give. */
  @Override
  public TrainingMemory memory(CausalTransformer model, SessionOptions options) {
    long parameters = model.parameters().stream().mapToLong(Parameter::size).sum();
    long numbers =
        ActivationSize.of(model).stream()
            .mapToLong(stage -> stage.norms() + stage.attention() + stage.others())
            .sum();
    return new TrainingMemory() {
      @Override
      public long weights() {
        return 4 * parameters * Double.BYTES;
      }

      @Override
      public long engine() {
        return 0;
      }

      @Override
      public int headChunk(BatchShape shape) {
        return shape.predictions();
      }

      @Override
      public long pass(BatchShape shape, boolean recomputed) {
        return shape.tokens() * numbers * Double.BYTES;
      }
    };
  }
}
