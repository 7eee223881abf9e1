package org.dpo4j.cli;

import com.google.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dpo4j.model.Architectures;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.CompanionFiles;
import org.dpo4j.model.ModelCard;
import org.dpo4j.model.ModelConfig;
import org.dpo4j.model.ModelDirectoryWriter;
import org.dpo4j.model.RandomWeights;
import org.dpo4j.model.WeightFormat;
import org.dpo4j.service.InputException;
import org.dpo4j.tensor.Parameter;

/** Makes a model of random weights. */
final class InitCommand {
  private static final long DEFAULT_SEED = 42;

  private final Console console;

  @Inject
  InitCommand(Console console) {
    this.console = console;
  }

  int run(InitOptions asked, Problems problems) {
    Required.check("--config", asked.config, problems);
    Required.check("--tokenizer", asked.tokenizer, problems);
    Required.check("--output_dir", asked.outputDir, problems);
    problems.throwIfAny();

    Path output = Required.value(asked.outputDir);
    OutputDirectory.check(output, Boolean.TRUE.equals(asked.overwriteOutputDir));
    ModelConfig config = ModelConfig.read(Required.value(asked.config));
    CausalTransformer model = Architectures.create(config);
    CompanionFiles tokenizer = CompanionFiles.in(Required.value(asked.tokenizer));
    if (tokenizer.names().isEmpty()) {
      throw new InputException(
          "--tokenizer %s holds no tokenizer, expected a directory with tokenizer.json."
              .formatted(asked.tokenizer));
    }
    long seed = Objects.requireNonNullElse(asked.seed, DEFAULT_SEED);
    new ModelDirectoryWriter(config, model, tokenizer)
        .write(output, RandomWeights.of(config, seed), WeightFormat.FLOAT32, card(output, seed));
    console
        .out()
        .printf(
            "%s holds a %s of %,d parameters with random weights (seed %d)%n",
            output,
            config.modelType(),
            model.parameters().stream().mapToLong(Parameter::size).sum(),
            seed);
    return ExitCode.DONE;
  }

  private static ModelCard card(Path output, long seed) {
    return new ModelCard(
        output.toAbsolutePath().normalize().getFileName().toString(),
        null,
        List.of(),
        "A model of random weights, made by `dpo4j init` to be trained.",
        Map.of("seed", Long.toString(seed)));
  }
}
