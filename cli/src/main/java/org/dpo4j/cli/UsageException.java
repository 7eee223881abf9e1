package org.dpo4j.cli;

import java.util.List;

/** The command line is wrong: ends with {@link ExitCode#WRONG_USAGE}. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;
  private final String hint;

  /**
   * @param hint where help is found
   */
  UsageException(List<String> problems, String hint) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
    this.hint = hint;
  }

  List<String> problems() {
    return problems;
  }

  String hint() {
    return hint;
  }
}
