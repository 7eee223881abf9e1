package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.backend.TrainingSession.Kind;
import org.dpo4j.layout.Batch;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tensor.Parameter;
import org.junit.jupiter.api.Test;

class PlainBackendTest extends TrainingBackendContract {
  @Override
  protected TrainingBackend backend() {
    return new PlainBackend();
  }

  @Override
  protected double tolerance() {
    return 1e-6; // what goes out and in again is float32
  }

  @Test
  void adamWIsPyTorchs() {
    CausalTransformer model = TestModels.llama();
    Parameter p = Parameter.matrix("lm_head.weight", 37, 12);
    OptimizerOptions adamW = new OptimizerOptions(0.5, 0.75, 0.25, 0.125, 2);
    try (TrainingSession session =
        backend().openTraining(model, TestModels.weights(1), SessionOptions.defaults(), adamW)) {
      double before = TestModels.numbers(p, session.weights())[0];
      put(session, p, 3);
      // the norm is 3, the clip makes it 2: 2 / (3 + 1e-6) x 3
      assertEquals(3, session.apply(0.5), 1e-12);
      double g = 2 / (3 + 1e-6) * 3;
      double m = 0.5 * g;
      double v = 0.25 * g * g;
      // decay first; then lr/c1 m / (sqrt(v)/sqrt(c2) + eps), c1 = 1 - 0.5, c2 = 1 - 0.75
      double first = before - 0.5 * 0.125 * before - 0.5 / 0.5 * m / (Math.sqrt(v / 0.25) + 0.25);
      assertEquals(first, TestModels.numbers(p, session.weights())[0], 1e-7);
      put(session, p, -1);
      assertEquals(1, session.apply(0.5), 1e-12);
      m = 0.5 * m + 0.5 * -1;
      v = 0.75 * v + 0.25;
      double c1 = 1 - 0.5 * 0.5;
      double c2 = 1 - 0.75 * 0.75;
      double second = first - 0.5 * 0.125 * first - 0.5 / c1 * m / (Math.sqrt(v / c2) + 0.25);
      assertEquals(second, TestModels.numbers(p, session.weights())[0], 1e-7);
      assertEquals(2, session.steps());
    }
  }

  /** A gradient that is zero but for one number. */
  private static void put(TrainingSession session, Parameter parameter, float first) {
    session.write(
        Kind.GRADIENT,
        parameter,
        (p, blocks) -> {
          float[] numbers = new float[(int) p.size()];
          numbers[0] = first;
          blocks.accept(0, FloatBuffer.wrap(numbers));
        });
  }

  @Test
  void normsAndBiasesDoNotDecay() {
    CausalTransformer model = TestModels.llama(", \"attention_bias\": true");
    OptimizerOptions decay = new OptimizerOptions(0.9, 0.999, 1e-8, 0.5, 0);
    try (TrainingSession session =
        backend().openTraining(model, TestModels.weights(1), SessionOptions.defaults(), decay)) {
      // no gradient: what moves is decay
      Batch batch = model.batch(List.of(new TestExamples(1, 37).example(2, 3)));
      try (ForwardPass pass = session.forward(batch, Set.of())) {
        pass.backward(new double[3]);
      }
      session.apply(0.5);
      for (Parameter p : model.parameters()) {
        double factor = p.vector() ? 1 : 0.75;
        double[] expected = TestModels.numbers(p, TestModels.weights(1));
        for (int i = 0; i < expected.length; i++) expected[i] *= factor;
        assertArrayEquals(expected, TestModels.numbers(p, session.weights()), 1e-7, p.name());
      }
    }
  }
}
