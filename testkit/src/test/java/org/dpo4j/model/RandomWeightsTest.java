package org.dpo4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Test;

class RandomWeightsTest {
  private static final Parameter MATRIX = Parameter.matrix("model.a.weight", 300, 401);

  private static double[] numbers(Parameter p, long seed) {
    return TestModels.numbers(p, new RandomWeights(seed, 0.02));
  }

  @Test
  void matricesAreNormal() {
    double[] x = numbers(MATRIX, 1);
    int n = x.length;
    double mean = Arrays.stream(x).sum() / n;
    double deviation = Math.sqrt(Arrays.stream(x).map(v -> v * v).sum() / n);
    // four standard errors: sigma / sqrt(n), and sigma / sqrt(2 n)
    assertEquals(0, mean, 4 * 0.02 / Math.sqrt(n));
    assertEquals(0.02, deviation, 4 * 0.02 / Math.sqrt(2.0 * n));
    // of a normal distribution, 4.55% lies beyond two deviations; standard error 0.06%
    long far = Arrays.stream(x).filter(v -> Math.abs(v) > 0.04).count();
    assertEquals(0.0455, (double) far / n, 0.0024);
  }

  @Test
  void normsAreOneAndBiasesZero() {
    assertArrayEquals(new double[] {1, 1}, numbers(Parameter.vector("model.norm.weight", 2), 1));
    assertArrayEquals(new double[] {0, 0}, numbers(Parameter.vector("q_proj.bias", 2), 1));
  }

  @Test
  void numbersDependOnSeedAndNameOnly() {
    assertArrayEquals(numbers(MATRIX, 1), numbers(MATRIX, 1));
    assertNotEquals(numbers(MATRIX, 1)[0], numbers(MATRIX, 2)[0]);
    Parameter other = Parameter.matrix("model.b.weight", 300, 401);
    assertNotEquals(numbers(MATRIX, 1)[0], numbers(other, 1)[0]);
    // the bits of every machine: recorded here once
    assertEquals(-0.011663744f, (float) numbers(Parameter.matrix("w", 1, 1), 42)[0]);
  }

  @Test
  void theConfigSaysHowWide() {
    ModelConfig config = ModelConfig.parse("{\"initializer_range\": 2.0}", "c");
    double[] wide = TestModels.numbers(MATRIX, RandomWeights.of(config, 1));
    double[] usual = TestModels.numbers(MATRIX, RandomWeights.of(ModelConfig.parse("{}", "c"), 1));
    assertArrayEquals(usual, Arrays.stream(wide).map(x -> x / 100).toArray(), 1e-8);
  }
}
