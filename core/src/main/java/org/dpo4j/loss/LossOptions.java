package org.dpo4j.loss;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values of the options that a loss declared: those that were given, defaults for the rest. */
public final class LossOptions {
  private final Map<String, Double> values = new HashMap<>();

  /**
   * @param declared the options of the loss
   * @param given by name; names that weren't declared are left out
   */
  public LossOptions(List<LossOption> declared, Map<String, Double> given) {
    for (LossOption option : declared) {
      double value = given.getOrDefault(option.name(), option.defaultValue());
      option.require(value);
      values.put(option.name(), value);
    }
  }

  /** The value of an option, which must have been declared. */
  public double get(LossOption option) {
    Double value = values.get(option.name());
    if (value == null) {
      throw new IllegalArgumentException("the option " + option.name() + " was not declared");
    }
    return value;
  }
}
