package org.dpo4j.loss;

import java.util.Map;
import java.util.TreeMap;

/**
 * The memory of a loss from one per-device batch to the next: named numbers, immutable, saved with
 * checkpoints under the name of the loss.
 *
 * @param numbers finite
 */
public record LossState(Map<String, Double> numbers) {
  /** Before the first batch. */
  public static final LossState EMPTY = new LossState(Map.of());

  public LossState {
    numbers = Map.copyOf(numbers);
    numbers.forEach(
        (name, number) -> {
          if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(
                name + " is " + number + ", expected a finite number");
          }
        });
  }

  /** A number, or what it is before it was first set. */
  public double get(String name, double initial) {
    return numbers.getOrDefault(name, initial);
  }

  /** This state with one number set. */
  public LossState with(String name, double value) {
    Map<String, Double> next = new TreeMap<>(numbers);
    next.put(name, value);
    return new LossState(next);
  }
}
