package org.dpo4j.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command takes. */
final class CommonOptions {
  /** Read by {@link PluginJars} before the command looks anything up. */
  @Option(
      names = "--plugins",
      hideParamSyntax = true,
      paramLabel = "DIR",
      order = 999,
      description =
          "A directory whose *.jar hold plug-ins: losses, formats, engines and others that \"dpo4j"
              + " list\" shows.")
  @Nullable Path plugins;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 1000,
      description = "Shows this.")
  boolean wanted;
}
