package org.example.story;

import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** Chooses at random; the same seed always chooses the same. */
final class Choice {
  private final Random random;

  Choice(long seed) {
    random = new Random(seed);
  }

  <T> T of(List<T> options) {
    return options.get(random.nextInt(options.size()));
  }

  /** An option that the condition accepts; there must be one. */
  <T> T of(List<T> options, Predicate<T> accepted) {
    return of(options.stream().filter(accepted).toList());
  }

  boolean coin() {
    return random.nextBoolean();
  }
}
