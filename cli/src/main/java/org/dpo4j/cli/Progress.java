package org.dpo4j.cli;

/** Shows people how far a command is, on standard error. */
interface Progress extends AutoCloseable {
  /**
   * So much is done.
   *
   * @param phase what is being done; another one ends the last
   * @param news what else is worth a look; empty: nothing
   * @param due whether a screen that can't be redrawn shall have a line of it
   */
  void update(String phase, long done, long all, String news, boolean due);

  @Override
  void close();

  /** {@code 3:12 left}, {@code 1:03:12 left}. */
  static String left(double seconds) {
    long s = Math.round(seconds);
    String minutes = s < 3600 ? "" + s / 60 : "%d:%02d".formatted(s / 3600, s / 60 % 60);
    return "%s:%02d left".formatted(minutes, s % 60);
  }

  /** A bar where a person watches a terminal, lines elsewhere. */
  static Progress on(Console console) {
    return console.terminal()
        ? new ProgressOnTerminal(console.err())
        : new ProgressInLines(console.err());
  }
}
