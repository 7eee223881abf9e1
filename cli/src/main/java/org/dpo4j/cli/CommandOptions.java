package org.dpo4j.cli;

import com.google.inject.Injector;

/** What may be written after a command's name; picocli fills the fields, null where not written. */
interface CommandOptions {
  /** Whether {@code --config} names a file of these options. */
  default boolean readsConfig() {
    return false;
  }

  /**
   * Checks and runs the command.
   *
   * @param arguments as they were written, with those of plug-ins
   * @param problems found so far; the command adds its own and stops if there is any
   * @return the exit code
   */
  int run(Injector injector, Arguments arguments, Problems problems);
}
