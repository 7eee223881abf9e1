package org.dpo4j.loss;

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

  /** As a sentence says it: {@code a number of at least 0.0 and below 0.5}. */
  @Override
  public String toString() {
    String lower = Double.isFinite(from) ? (fromIncluded ? "at least " : "above ") + from : "";
    String upper = Double.isFinite(to) ? (toIncluded ? "at most " : "below ") + to : "";
    if (lower.isEmpty() && upper.isEmpty()) return "a finite number";
    return "a number " + lower + (lower.isEmpty() || upper.isEmpty() ? "" : " and ") + upper;
  }
}
