package org.dpo4j.cli;

import com.google.inject.Injector;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code init}. */
@Command(
    name = "init",
    sortOptions = false,
    customSynopsis = "dpo4j init --config config.json --tokenizer DIR --output_dir OUT [--seed N]",
    description = "Makes a model of random weights from a config.json.")
final class InitOptions implements CommandOptions {
  @Option(
      names = "--config",
      hideParamSyntax = true,
      paramLabel = "FILE",
      order = 1,
      description = "HuggingFace's config.json: the architecture and its sizes. Required.")
  @Nullable Path config;

  @Option(
      names = "--tokenizer",
      hideParamSyntax = true,
      paramLabel = "DIR",
      order = 2,
      description = "Directory whose tokenizer files are copied. Required.")
  @Nullable Path tokenizer;

  @Option(
      names = "--output_dir",
      hideParamSyntax = true,
      paramLabel = "DIR",
      order = 3,
      description = "The HuggingFace directory to write. Required.")
  @Nullable Path outputDir;

  @Option(
      names = "--overwrite_output_dir",
      hideParamSyntax = true,
      paramLabel = "true|false",
      arity = "0..1",
      fallbackValue = "true",
      order = 4,
      description = "Whether a result that is there may be replaced (default: false).")
  @Nullable Boolean overwriteOutputDir;

  @Option(
      names = "--seed",
      hideParamSyntax = true,
      paramLabel = "N",
      order = 5,
      description = "Of the random weights (default: 42).")
  @Nullable Long seed;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public int run(Injector injector, Arguments arguments, Problems problems) {
    return injector.getInstance(InitCommand.class).run(this, problems);
  }
}
