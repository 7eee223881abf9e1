package org.dpo4j.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}: read by {@link ConfigFile} before picocli sees the options. */
final class ConfigOption {
  @Option(
      names = "--config",
      hideParamSyntax = true,
      paramLabel = "FILE.yaml",
      description =
          "Options by name, KEY: VALUE in each line; the command line beats the file, the file the"
              + " defaults.")
  @Nullable Path config;
}
