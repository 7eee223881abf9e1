package org.dpo4j.cli;

import picocli.CommandLine.Option;

/** {@code --help}, the same on every command. */
final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 1000,
      description = "Shows this.")
  boolean wanted;
}
