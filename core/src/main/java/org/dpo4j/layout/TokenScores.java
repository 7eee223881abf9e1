package org.dpo4j.layout;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * An engine's answer to a batch: plain numbers, in the layout's order of predictions.
 *
 * @param logProbs {@code [predictions]}, in nats
 * @param statistics {@code [predictions]} each, those that were asked for
 */
@SuppressWarnings("ArrayRecordComponent") // a few thousand numbers on their way; never compared
public record TokenScores(double[] logProbs, Map<HeadStatistic, double[]> statistics) {
  /** Of no example; followed by any scores, it is these. */
  public static final TokenScores NONE = new TokenScores(new double[0], Map.of());

  /** These and those of further examples, as one batch of all would have them. */
  public TokenScores followedBy(TokenScores more) {
    Map<HeadStatistic, double[]> both = new EnumMap<>(HeadStatistic.class);
    more.statistics.forEach(
        (s, values) -> both.put(s, concat(statistics.getOrDefault(s, new double[0]), values)));
    return new TokenScores(concat(logProbs, more.logProbs), both);
  }

  /** Those of some predictions, from {@code from} to before {@code to}. */
  public TokenScores range(int from, int to) {
    Map<HeadStatistic, double[]> some = new EnumMap<>(HeadStatistic.class);
    statistics.forEach((s, values) -> some.put(s, Arrays.copyOfRange(values, from, to)));
    return new TokenScores(Arrays.copyOfRange(logProbs, from, to), some);
  }

  /**
   * Checks what an objective gives back for these.
   *
   * @param gradient with respect to {@link #logProbs}
   * @throws IllegalArgumentException where it doesn't have a number for each
   */
  public void checkGradient(double[] gradient) {
    if (gradient.length != logProbs.length) {
      throw new IllegalArgumentException(
          "a gradient of %d numbers for %d predictions"
              .formatted(gradient.length, logProbs.length));
    }
  }

  private static double[] concat(double[] a, double[] b) {
    double[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
