package org.dpo4j.loss;

import java.util.Map;
import java.util.TreeMap;

/**
 * Metrics of a per-device batch under TRL's keys, kept as sums and counts, so that those of its
 * parts add up. A side that a batch lacks is left out.
 */
public final class BatchMetrics {
  /** Of nothing. */
  public static final BatchMetrics EMPTY = new BatchMetrics(Map.of());

  private final Map<String, Sum> sums;

  private BatchMetrics(Map<String, Sum> sums) {
    this.sums = sums;
  }

  /** Those of two parts of a per-device batch together. */
  public BatchMetrics plus(BatchMetrics other) {
    Map<String, Sum> both = new TreeMap<>(sums);
    other.sums.forEach((key, sum) -> both.merge(key, sum, Sum::plus));
    return new BatchMetrics(both);
  }

  /**
   * The means by key, in alphabetical order: {@code logps/chosen}, {@code logps/rejected} (sums
   * over tokens, in nats, per completion); {@code rewards/chosen}, {@code rewards/rejected}, {@code
   * rewards/accuracies} (per comparison); {@code rewards/margins}, the difference of the two; and
   * what losses log of their own.
   */
  public Map<String, Double> means() {
    Map<String, Double> means = new TreeMap<>();
    sums.forEach((key, sum) -> means.put(key, sum.total / sum.count));
    Double chosen = means.get("rewards/chosen");
    Double rejected = means.get("rewards/rejected");
    if (chosen != null && rejected != null) means.put("rewards/margins", chosen - rejected);
    return means;
  }

  private record Sum(double total, int count) {
    Sum plus(Sum other) {
      return new Sum(total + other.total, count + other.count);
    }
  }

  /** Adds up the metrics of one part. */
  static final class Recorder {
    private final Map<String, Sum> sums = new TreeMap<>();

    void add(String key, double value) {
      sums.merge(key, new Sum(value, 1), Sum::plus);
    }

    void comparison(double chosenReward, double rejectedReward) {
      add("rewards/chosen", chosenReward);
      add("rewards/rejected", rejectedReward);
      add("rewards/accuracies", chosenReward > rejectedReward ? 1 : 0);
    }

    BatchMetrics metrics() {
      return new BatchMetrics(new TreeMap<>(sums));
    }
  }
}
