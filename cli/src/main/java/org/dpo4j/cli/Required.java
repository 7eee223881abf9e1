package org.dpo4j.cli;

import org.jspecify.annotations.Nullable;

/** Options that a command cannot do without. */
final class Required {
  private Required() {}

  static void check(String option, @Nullable Object value, Problems problems) {
    if (value == null) problems.add(option + " is missing.");
  }

  /** The value, after {@link Problems#throwIfAny}. */
  static <T> T value(@Nullable T value) {
    if (value == null) throw new IllegalStateException("an option was not checked");
    return value;
  }
}
