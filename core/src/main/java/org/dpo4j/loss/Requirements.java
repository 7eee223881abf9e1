package org.dpo4j.loss;

import java.util.HashSet;
import java.util.Set;
import org.dpo4j.layout.HeadStatistic;

/**
 * What a loss reads beside the log-probs of the policy, and what it brings. Reading what was not
 * declared throws.
 *
 * @param reference the reference's log-probs
 * @param statistics of the policy's head, for each token
 * @param columns further fields of the row that hold numbers, by name
 * @param ownRewards whether every value of the loss brings rewards that are to be logged in place
 *     of {@code beta x log-ratio}
 */
public record Requirements(
    boolean reference, Set<HeadStatistic> statistics, Set<String> columns, boolean ownRewards) {
  /** Nothing but the policy's log-probs. */
  public static final Requirements NONE = new Requirements(false, Set.of(), Set.of(), false);

  /** The reference's log-probs. */
  public static final Requirements REFERENCE = new Requirements(true, Set.of(), Set.of(), false);

  public Requirements {
    statistics = Set.copyOf(statistics);
    columns = Set.copyOf(columns);
  }

  /** These and a statistic of the head. */
  public Requirements withStatistic(HeadStatistic statistic) {
    return and(new Requirements(false, Set.of(statistic), Set.of(), false));
  }

  /** These and a number of the row. */
  public Requirements withColumn(String column) {
    return and(new Requirements(false, Set.of(), Set.of(column), false));
  }

  /** These, and the loss brings rewards of its own. */
  public Requirements withOwnRewards() {
    return and(new Requirements(false, Set.of(), Set.of(), true));
  }

  /** What two need or bring together. */
  public Requirements and(Requirements other) {
    Set<HeadStatistic> allStatistics = new HashSet<>(statistics);
    allStatistics.addAll(other.statistics);
    Set<String> allColumns = new HashSet<>(columns);
    allColumns.addAll(other.columns);
    return new Requirements(
        reference || other.reference, allStatistics, allColumns, ownRewards || other.ownRewards);
  }
}
