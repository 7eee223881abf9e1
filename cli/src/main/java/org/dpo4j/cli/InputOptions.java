package org.dpo4j.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a command reads. */
final class InputOptions {
  @Option(
      names = {"--model", "--model_name_or_path"},
      hideParamSyntax = true,
      paramLabel = "DIR",
      description =
          "HuggingFace directory: config.json, model.safetensors (or shards and their index),"
              + " tokenizer.json. Required.")
  @Nullable Path model;

  @Option(
      names = {"--data", "--dataset_name"},
      hideParamSyntax = true,
      paramLabel = "FILE",
      description =
          "Preferences: JSON Lines or a JSON array, plain or .gz; rows with prompt (or none:"
              + " implicit), chosen, rejected as text, or prompt_ids, chosen_ids, rejected_ids;"
              + " or prompt, completion. Required.")
  @Nullable Path data;

  @Option(
      names = "--on_bad_record",
      hideParamSyntax = true,
      paramLabel = "fail|skip",
      description =
          "fail: stop at the first malformed record (default). skip: go on, count and list"
              + " them.")
  @Nullable String onBadRecord;
}
