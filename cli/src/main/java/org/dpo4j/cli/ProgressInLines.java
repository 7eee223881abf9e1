package org.dpo4j.cli;

import java.io.PrintStream;

/** Progress for logs: a line now and then. */
record ProgressInLines(PrintStream err) implements Progress {
  @Override
  public void update(String phase, long done, long all, String news, boolean due) {
    if (due) err.printf("%s %d/%d%s%n", phase, done, all, news.isEmpty() ? "" : "  " + news);
  }

  @Override
  public void close() {}
}
