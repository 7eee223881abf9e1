package org.dpo4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.dpo4j.service.InputException;

/** What is wrong with a command line, collected so that people can mend all of it at once. */
final class Problems {
  private final String command;
  private final List<String> found = new ArrayList<>();

  Problems(String command) {
    this.command = command;
  }

  void add(String problem) {
    found.add(problem);
  }

  /** A problem in an exception's own words. */
  void add(Throwable e) {
    add(Objects.requireNonNullElse(e.getMessage(), e.toString()));
  }

  /** Checks something; what is wrong becomes a problem. */
  void check(Runnable check) {
    collect(
        () -> {
          check.run();
          return check;
        });
  }

  /** Makes something; what goes wrong becomes a problem, told in the exception's own words. */
  <T> Optional<T> collect(Supplier<T> making) {
    try {
      return Optional.of(making.get());
    } catch (IllegalArgumentException | InputException e) {
      add(e);
      return Optional.empty();
    }
  }

  /** Goes on only where nothing is wrong. */
  void throwIfAny() {
    if (found.isEmpty()) return;
    throw new UsageException(found, "dpo4j " + command + " --help lists the options.");
  }
}
