package org.dpo4j.model;

import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.dpo4j.tensor.Parameter;

/**
 * The weights that training from scratch begins with: matrices normal around 0, norms 1, biases 0.
 * A tensor's numbers depend on the seed and on its name only, and are the same on every machine.
 */
public final class RandomWeights implements WeightSource {
  private static final int BLOCK = 1 << 16;

  private final long seed;
  private final double standardDeviation;

  /**
   * Makes a source.
   *
   * @param standardDeviation of matrices; 0.02 where config.json has no {@code initializer_range}
   */
  public RandomWeights(long seed, double standardDeviation) {
    this.seed = seed;
    this.standardDeviation = standardDeviation;
  }

  /** With the config's {@code initializer_range}. */
  public static RandomWeights of(ModelConfig config, long seed) {
    return new RandomWeights(seed, config.positive("initializer_range", 0.02));
  }

  @Override
  public void read(Parameter parameter, RowBlocks blocks) {
    Numbers numbers = numbers(parameter);
    int rows = Math.max(1, Math.min(parameter.rows(), BLOCK / parameter.columns()));
    for (int row = 0; row < parameter.rows(); row += rows) {
      int count = Math.min(rows, parameter.rows() - row) * parameter.columns();
      FloatBuffer values = FloatBuffer.allocate(count);
      while (values.hasRemaining()) values.put(numbers.next());
      blocks.accept(row, values.flip());
    }
  }

  private interface Numbers {
    float next();
  }

  private Numbers numbers(Parameter parameter) {
    if (parameter.vector()) {
      float constant = parameter.name().endsWith("bias") ? 0 : 1;
      return () -> constant;
    }
    CRC32C name = new CRC32C();
    name.update(parameter.name().getBytes(StandardCharsets.UTF_8));
    SplittableRandom random = new SplittableRandom(seed ^ (name.getValue() << 32));
    return () -> (float) (standardDeviation * normal(random));
  }

  /** Box and Muller (1958), in StrictMath: the same bits everywhere. */
  private static double normal(SplittableRandom random) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }
}
