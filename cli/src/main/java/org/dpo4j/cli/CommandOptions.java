package org.dpo4j.cli;

import com.google.inject.Injector;
import java.util.Map;

/** What may be written after a command's name; picocli fills the fields, null where not written. */
interface CommandOptions {
  /** Whether {@code --config} names a file of these options. */
  default boolean readsConfig() {
    return false;
  }

  /**
   * Checks and runs the command.
   *
   * @param pluginOptions as written, {@code plug-in.option}
   * @param problems found so far; the command adds its own and stops if there is any
   * @return the exit code
   */
  int run(Injector injector, Map<String, String> pluginOptions, Problems problems);
}
