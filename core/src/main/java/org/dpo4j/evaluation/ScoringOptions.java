package org.dpo4j.evaluation;

import org.dpo4j.backend.SessionOptions;
import org.dpo4j.tokenization.Truncation;
import org.jspecify.annotations.Nullable;

/**
 * How preferences are scored.
 *
 * @param session device, precision and threads
 * @param truncation null: nothing is cut, and a row past the model's context is an error
 */
public record ScoringOptions(SessionOptions session, @Nullable Truncation truncation) {
  /** The CPU, all processors; nothing is cut. */
  public static ScoringOptions defaults() {
    return new ScoringOptions(SessionOptions.defaults(), null);
  }

  public ScoringOptions withSession(SessionOptions options) {
    return new ScoringOptions(options, truncation);
  }

  public ScoringOptions withTruncation(@Nullable Truncation t) {
    return new ScoringOptions(session, t);
  }
}
