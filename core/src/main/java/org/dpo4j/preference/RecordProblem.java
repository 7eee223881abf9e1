package org.dpo4j.preference;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why one record cannot be read; ends up as a {@link BadRecord}. */
final class RecordProblem extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** The line in the file, from 1. */
  final long line;

  /** The record's field, or null where it is not one field's fault. */
  final @Nullable String field;

  RecordProblem(long line, @Nullable String field, String message) {
    super(message, null, false, false);
    this.line = line;
    this.field = field;
  }
}
