package org.dpo4j.cli;

import com.google.inject.Injector;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code train}; those that TRL has bear its names and defaults. */
@Command(
    name = "train",
    sortOptions = false,
    customSynopsis =
        "dpo4j train --model DIR --data FILE --output_dir OUT [--eval_data FILE] [--OPTION VALUE"
            + " ...]",
    description = "Trains a model on preferences (Direct Preference Optimization and its kin).",
    footer = {
      "",
      "OUT is a HuggingFace directory that transformers, vLLM and others open; OUT/run holds the"
          + " records: config.yaml (every option as it was resolved; --config reads it), metrics.jsonl"
          + " (every step), comparison.json (--eval_data before and after)."
    })
final class TrainOptions implements CommandOptions {
  @ArgGroup(validate = false, order = 1, heading = "%nInput:%n")
  Inputs inputs = new Inputs();

  @ArgGroup(validate = false, order = 2, heading = "%nResult:%n")
  Result result = new Result();

  @ArgGroup(validate = false, order = 3, heading = "%nObjective:%n")
  Training training = new Training();

  @ArgGroup(validate = false, order = 4, heading = "%nOptimization:%n")
  OptimizationOptions optimization = new OptimizationOptions();

  @ArgGroup(validate = false, order = 5, heading = "%nLength:%n")
  TruncationOptions truncation = new TruncationOptions();

  @ArgGroup(validate = false, order = 6, heading = "%nEngine and screen:%n")
  Running running = new Running();

  @Mixin CommonOptions common = new CommonOptions();

  /** What is read. */
  static final class Inputs {
    @ArgGroup(validate = false)
    InputOptions input = new InputOptions();

    @ArgGroup(validate = false)
    ConfigOption file = new ConfigOption();

    @Option(
        names = "--eval_data",
        hideParamSyntax = true,
        paramLabel = "FILE",
        description =
            "Held-out preferences: accuracy and margin before and after, with 95%% intervals.")
    @Nullable Path evalData;
  }

  /** What is written. */
  static final class Result {
    @Option(
        names = "--output_dir",
        hideParamSyntax = true,
        paramLabel = "DIR",
        description = "The result. Required.")
    @Nullable Path outputDir;

    @Option(
        names = "--overwrite_output_dir",
        hideParamSyntax = true,
        paramLabel = "true|false",
        arity = "0..1",
        fallbackValue = "true",
        description = "Whether a result that is there may be replaced (default: false).")
    @Nullable Boolean overwriteOutputDir;

    @Option(
        names = "--dry_run",
        hideParamSyntax = true,
        paramLabel = "true|false",
        arity = "0..1",
        fallbackValue = "true",
        description =
            "Whether to print every option as it is resolved and where it comes from, and train"
                + " nothing (default: false).")
    @Nullable Boolean dryRun;

    @Option(
        names = "--output_dtype",
        hideParamSyntax = true,
        paramLabel = "float32|bfloat16",
        description = "How the weights are written (default: float32).")
    @Nullable String outputDtype;

    @Option(
        names = "--cache_dir",
        hideParamSyntax = true,
        paramLabel = "DIR",
        description = "Where the reference's log-probs are kept (default: OUT/run/cache).")
    @Nullable Path cacheDir;
  }

  /** What is optimized. */
  static final class Training {
    @Option(
        names = "--trainer",
        hideParamSyntax = true,
        paramLabel = "NAME",
        description = "The procedure (default: offline, on preferences that are there).")
    @Nullable String trainer;

    @ArgGroup(validate = false)
    ObjectiveOptions objective = new ObjectiveOptions();
  }

  /** What it runs on and what it shows. */
  static final class Running {
    @ArgGroup(validate = false)
    EngineOptions engine = new EngineOptions();

    @Option(
        names = "--reference_backend",
        hideParamSyntax = true,
        paramLabel = "NAME",
        description = "The engine of the reference's log-probs (default: the one that trains).")
    @Nullable String referenceBackend;

    @Option(
        names = "--bf16",
        hideParamSyntax = true,
        paramLabel = "false",
        arity = "0..1",
        fallbackValue = "true",
        description = "Mixed precision; this version computes in float32 (default: false).")
    @Nullable Boolean bf16;

    @Option(
        names = "--logging_steps",
        hideParamSyntax = true,
        paramLabel = "N",
        description =
            "A line on the screen every N steps; below 1, the share of all steps (default: 10)."
                + " metrics.jsonl has every step.")
    @Nullable Double loggingSteps;
  }

  @Override
  public boolean readsConfig() {
    return true;
  }

  @Override
  public int run(Injector injector, Arguments arguments, Problems problems) {
    return injector.getInstance(TrainCommand.class).run(this, arguments, problems);
  }
}
