package org.dpo4j.model;

/**
 * How a rotation is stretched beyond the positions that a model was first trained on, as
 * transformers' {@code rope_type} names it. Frequencies are angles per position: number j of {@code
 * dims / 2} turns by {@code theta^(-2j/dims)} where nothing is stretched.
 */
sealed interface RotaryScaling {
  /**
   * The frequencies, {@code [dims / 2]}.
   *
   * @param sequenceLength in tokens, prompt and completion
   */
  double[] frequencies(double theta, int dims, int sequenceLength);

  /** What cosines and sines are multiplied by. */
  default double attentionFactor() {
    return 1;
  }

  /** Whether a sequence of that length turns by frequencies of its own. */
  default boolean dependsOnLength(int sequenceLength) {
    return false;
  }

  /** The positions that the stretched rotation is meant for, of a model made for so many. */
  default int contextLength(int maxPositions) {
    return maxPositions;
  }

  private static double[] plain(double theta, int dims) {
    double[] f = new double[dims / 2];
    for (int j = 0; j < f.length; j++) f[j] = Math.pow(theta, -2.0 * j / dims);
    return f;
  }

  /** None (Su 2021). */
  record Default() implements RotaryScaling {
    @Override
    public double[] frequencies(double theta, int dims, int sequenceLength) {
      return plain(theta, dims);
    }
  }

  /** Position interpolation (Chen 2023): every frequency divided by the factor. */
  record Linear(double factor) implements RotaryScaling {
    @Override
    public double[] frequencies(double theta, int dims, int sequenceLength) {
      double[] f = plain(theta, dims);
      for (int j = 0; j < f.length; j++) f[j] /= factor;
      return f;
    }

    @Override
    public int contextLength(int maxPositions) {
      return (int) (maxPositions * factor);
    }
  }

  /** NTK-aware scaling that grows with the sequence once it is longer than the trained length. */
  record Dynamic(double factor, int trainedLength) implements RotaryScaling {
    @Override
    public double[] frequencies(double theta, int dims, int sequenceLength) {
      if (!dependsOnLength(sequenceLength)) return plain(theta, dims);
      double stretch = factor * sequenceLength / trainedLength - (factor - 1);
      return plain(theta * Math.pow(stretch, dims / (dims - 2.0)), dims);
    }

    @Override
    public boolean dependsOnLength(int sequenceLength) {
      return sequenceLength > trainedLength;
    }
  }

  /**
   * Llama 3.1's: long waves are stretched, short ones kept, those between blended.
   *
   * @param trainedLength {@code original_max_position_embeddings}
   */
  record Llama3(double factor, double lowFrequency, double highFrequency, int trainedLength)
      implements RotaryScaling {
    @Override
    public double[] frequencies(double theta, int dims, int sequenceLength) {
      double[] f = plain(theta, dims);
      for (int j = 0; j < f.length; j++) {
        double turns = trainedLength * f[j] / (2 * Math.PI); // over the trained length
        if (turns < lowFrequency) {
          f[j] /= factor;
        } else if (turns <= highFrequency) {
          double kept = (turns - lowFrequency) / (highFrequency - lowFrequency);
          f[j] = (1 - kept) * f[j] / factor + kept * f[j];
        }
      }
      return f;
    }
  }

  /**
   * YaRN (Peng 2023, section 3.2).
   *
   * @param betaFast turns over the trained length from which a frequency is kept
   * @param betaSlow turns below which it is divided by the factor
   * @param truncate whether the ramp between begins and ends at whole numbers
   */
  record Yarn(
      double factor,
      int trainedLength,
      double attentionFactor,
      double betaFast,
      double betaSlow,
      boolean truncate)
      implements RotaryScaling {
    @Override
    public double[] frequencies(double theta, int dims, int sequenceLength) {
      double low = numberOf(betaFast, theta, dims);
      double high = numberOf(betaSlow, theta, dims);
      if (truncate) {
        low = Math.floor(low);
        high = Math.ceil(high);
      }
      low = Math.max(low, 0);
      high = Math.min(high, dims - 1);
      if (low == high) high += 0.001; // as transformers does, so that the ramp has a slope
      double[] f = plain(theta, dims);
      for (int j = 0; j < f.length; j++) {
        double stretched = Math.min(1, Math.max(0, (j - low) / (high - low)));
        f[j] = f[j] / factor * stretched + f[j] * (1 - stretched);
      }
      return f;
    }

    /** The j, not rounded, whose frequency makes so many turns over the trained length. */
    private double numberOf(double turns, double theta, int dims) {
      return dims * Math.log(trainedLength / (2 * Math.PI * turns)) / (2 * Math.log(theta));
    }

    @Override
    public int contextLength(int maxPositions) {
      return Math.max(maxPositions, (int) (trainedLength * factor));
    }
  }
}
