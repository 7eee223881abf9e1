package org.dpo4j.cli;

import com.google.inject.Injector;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code score}. */
@Command(
    name = "score",
    sortOptions = false,
    customSynopsis =
        "dpo4j score --model DIR [--reference DIR] --data FILE --output FILE.jsonl [--OPTION VALUE"
            + " ...]",
    description = "Tells the log-prob of every completion, and its reward against a reference.",
    footer = {
      "",
      "Writes one line per row, in order: logps/chosen, logps/rejected, tokens/chosen,"
          + " tokens/rejected; with --reference also ref_logps/... and rewards/... (beta times the"
          + " log-ratio). Rows with \"completion\" get logps, tokens, ... A row that was skipped, or"
          + " dropped by the truncation asked for, leaves {\"row\": N, \"skipped\": \"why\"}."
    })
final class ScoreOptions implements CommandOptions {
  @ArgGroup(validate = false, order = 1, heading = "%nInput and output:%n")
  Files files = new Files();

  @ArgGroup(validate = false, order = 2, heading = "%nWhat is told:%n")
  Told told = new Told();

  @ArgGroup(validate = false, order = 3, heading = "%nLength:%n")
  TruncationOptions truncation = new TruncationOptions();

  @ArgGroup(validate = false, order = 4, heading = "%nEngine:%n")
  EngineOptions engine = new EngineOptions();

  @Mixin CommonOptions common = new CommonOptions();

  /** What is read and written. */
  static final class Files {
    @ArgGroup(validate = false)
    InputOptions input = new InputOptions();

    @Option(
        names = "--output",
        hideParamSyntax = true,
        paramLabel = "FILE",
        description = "JSON Lines, written under a temporary name and renamed. Required.")
    @Nullable Path output;
  }

  /** What is told of each row. */
  static final class Told {
    @Option(
        names = "--reference",
        hideParamSyntax = true,
        paramLabel = "DIR",
        description = "A second model, for log-ratios and rewards.")
    @Nullable Path reference;

    @Option(
        names = "--beta",
        hideParamSyntax = true,
        paramLabel = "BETA",
        description = "Scales rewards; with --reference (default: 0.1).")
    @Nullable Double beta;

    @Option(
        names = "--token_logps",
        hideParamSyntax = true,
        paramLabel = "true|false",
        arity = "0..1",
        fallbackValue = "true",
        description = "Also the log-prob of every token (default: false).")
    @Nullable Boolean tokenLogps;
  }

  @Override
  public int run(Injector injector, Arguments arguments, Problems problems) {
    return injector.getInstance(ScoreCommand.class).run(this, problems);
  }
}
