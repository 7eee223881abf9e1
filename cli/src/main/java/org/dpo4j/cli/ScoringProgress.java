package org.dpo4j.cli;

import java.time.Duration;

/** Shows how far scoring is: a line when it is done, and now and then before. */
final class ScoringProgress {
  private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();

  private final Progress progress;
  private long lastLine = System.nanoTime();

  ScoringProgress(Progress progress) {
    this.progress = progress;
  }

  /**
   * So many rows are scored.
   *
   * @param what for people: {@code reference}
   */
  void scored(String what, int done, int rows) {
    long now = System.nanoTime();
    boolean due = done == rows || now - lastLine > LINE_NANOS;
    if (due) lastLine = now;
    progress.update("scoring: " + what, done, rows, "", due);
  }
}
