package org.dpo4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.dpo4j.service.InputException;

/** What is wrong with a command line, collected so that people can mend all of it at once. */
final class Problems {
  private final String command;
  private final List<String> found = new ArrayList<>();
  private final Map<String, String> places = new TreeMap<>();

  Problems(String command) {
    this.command = command;
  }

  void add(String problem) {
    StringBuilder all = new StringBuilder(problem);
    places.forEach(
        (option, place) -> {
          if (isAbout(problem, option)) all.append(" (%s: %s)".formatted(option, place));
        });
    found.add(all.toString());
  }

  /**
   * Says where an option was set, so that problems with its value tell.
   *
   * @param name with two dashes
   */
  void setIn(String name, String place) {
    places.put(name.substring(2), place);
  }

  /** Whether the option is named as one: with dashes, first of all, or by a name of its own. */
  private static boolean isAbout(String problem, String option) {
    String name = Pattern.quote(option);
    String certain = option.contains("_") ? "|(?<!\\w)" + name : "";
    return Pattern.compile("(?:--" + name + "|^" + name + certain + ")(?!\\w|\\.\\w)")
        .matcher(problem)
        .find();
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
