package org.dpo4j.cli;

/**
 * What a process ends with. Interrupted and terminated ones end with 130 and 143, which the JVM
 * sees to by itself.
 */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  private ExitCode() {}
}
