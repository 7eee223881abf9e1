package org.dpo4j.loss;

import org.dpo4j.service.InputException;

/**
 * A number that a loss can be set to. Bare names are TRL's and mean the same in every loss that has
 * them; a plug-in's own option is called {@code <loss>.<option>}.
 *
 * @param name as on the command line and in configuration files: {@code beta}
 * @param defaultValue where it isn't set
 * @param range what it may be
 * @param doc one sentence for {@code list losses}
 */
public record LossOption(String name, double defaultValue, Range range, String doc) {
  /** The scale of rewards. */
  public static final LossOption BETA =
      new LossOption(
          "beta",
          0.1,
          Range.above(0),
          "Scale of the log-ratio in rewards; the higher, the closer to the reference.");

  /** The share of labels that are believed to be wrong. */
  public static final LossOption LABEL_SMOOTHING =
      new LossOption(
          "label_smoothing",
          0,
          Range.atLeast(0).below(0.5),
          "Share of preferences that are believed to be the wrong way round.");

  public LossOption {
    if (!range.contains(defaultValue)) {
      throw new IllegalArgumentException(
          "the default of " + name + " is " + defaultValue + ", expected " + range);
    }
  }

  /** Throws an IllegalArgumentException where a value is out of range: for constructors. */
  public void require(double value) {
    if (!range.contains(value)) throw new IllegalArgumentException(outOfRange(value));
  }

  /**
   * Reads what a person wrote.
   *
   * @throws InputException naming the option, where it is no number of the range
   */
  public double parse(String text) {
    double value;
    try {
      value = Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new InputException("--" + outOfRange("\"" + text + "\""), e);
    }
    if (!range.contains(value)) throw new InputException("--" + outOfRange(text.strip()));
    return value;
  }

  private String outOfRange(Object value) {
    return name + " is " + value + ", expected " + range;
  }
}
