package org.dpo4j.loss;

import java.util.ArrayList;
import java.util.List;

/**
 * The numbers that an option may be.
 *
 * @param from the lower end
 * @param fromIncluded whether the lower end itself is allowed
 * @param to the upper end
 * @param toIncluded whether the upper end itself is allowed
 */
public record Range(double from, boolean fromIncluded, double to, boolean toIncluded) {
  /** Every finite number. */
  public static final Range ANY =
      new Range(Double.NEGATIVE_INFINITY, false, Double.POSITIVE_INFINITY, false);

  public static Range atLeast(double from) {
    return new Range(from, true, Double.POSITIVE_INFINITY, false);
  }

  public static Range above(double from) {
    return new Range(from, false, Double.POSITIVE_INFINITY, false);
  }

  /** This range, ending before a number. */
  public Range below(double end) {
    return new Range(from, fromIncluded, end, false);
  }

  /** This range, ending with a number. */
  public Range atMost(double end) {
    return new Range(from, fromIncluded, end, true);
  }

  /** False for NaN. */
  public boolean contains(double x) {
    return (fromIncluded ? x >= from : x > from) && (toIncluded ? x <= to : x < to);
  }

  /** As it ends a sentence: {@code a number that is at least 0 and below 0.5}. */
  @Override
  public String toString() {
    List<String> ends = new ArrayList<>();
    if (Double.isFinite(from)) ends.add((fromIncluded ? "at least " : "above ") + text(from));
    if (Double.isFinite(to)) ends.add((toIncluded ? "at most " : "below ") + text(to));
    return ends.isEmpty() ? "a finite number" : "a number that is " + String.join(" and ", ends);
  }

  private static String text(double end) {
    return end == Math.rint(end) ? Long.toString((long) end) : Double.toString(end);
  }
}
