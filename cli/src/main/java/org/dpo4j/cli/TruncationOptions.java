package org.dpo4j.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much of a row is kept. */
final class TruncationOptions {
  @Option(
      names = "--max_length",
      hideParamSyntax = true,
      paramLabel = "N|none",
      description =
          "Tokens of prompt and completion together; longer rows are cut (default: train 1024,"
              + " other commands none).")
  @Nullable String maxLength;

  @Option(
      names = "--truncation_mode",
      hideParamSyntax = true,
      paramLabel = "keep_start|keep_end",
      description =
          "Which end is kept where a row is cut (default: keep_start; it drops rows whose prompt"
              + " alone is too long).")
  @Nullable String truncationMode;
}
