package org.dpo4j.cli;

import java.util.Optional;
import org.dpo4j.tokenization.Truncation;
import org.jspecify.annotations.Nullable;

/** What {@code --max_length} and {@code --truncation_mode} ask for. */
final class TruncationChoice {
  private TruncationChoice() {}

  /**
   * The truncation; empty: rows are left whole.
   *
   * @param unsaid where neither is written
   */
  static Optional<Truncation> of(
      TruncationOptions asked, @Nullable Truncation unsaid, Problems problems) {
    Truncation.Mode mode = mode(asked.truncationMode, problems);
    String length = asked.maxLength;
    if (length == null && unsaid != null) {
      return Optional.of(new Truncation(mode, unsaid.maxLength()));
    }
    if (length == null || length.matches("(?i)none|null")) {
      if (asked.truncationMode != null && mode != Truncation.Mode.KEEP_START) {
        problems.add("--truncation_mode has no effect without --max_length: nothing is cut.");
      }
      return Optional.empty();
    }
    return problems.collect(() -> new Truncation(mode, Values.wholeNumber("--max_length", length)));
  }

  private static Truncation.Mode mode(@Nullable String asked, Problems problems) {
    if (asked == null || asked.equals("keep_start")) return Truncation.Mode.KEEP_START;
    if (!asked.equals("keep_end")) {
      problems.add(
          "--truncation_mode is \"%s\", expected keep_start or keep_end.".formatted(asked));
    }
    return Truncation.Mode.KEEP_END;
  }
}
