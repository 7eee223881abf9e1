package org.dpo4j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command speaks.
 *
 * @param out results, and nothing else
 * @param err everything else
 * @param terminal whether a person watches {@code err}: a progress bar may redraw itself there
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {
  /** The process's own; the launcher knows whether standard error is a terminal, Java doesn't. */
  static Console ofProcess() {
    return new Console(
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        Boolean.getBoolean("dpo4j.terminal"));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
