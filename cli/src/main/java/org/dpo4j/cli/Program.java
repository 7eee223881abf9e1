package org.dpo4j.cli;

import java.util.Objects;
import picocli.CommandLine.Command;

/** The program itself, for its help: the commands and where to begin. */
@Command(
    name = "dpo4j",
    description = "Direct Preference Optimization on the JVM.",
    synopsisHeading = "",
    customSynopsis = {"Usage: dpo4j COMMAND [--OPTION VALUE ...]", ""},
    commandListHeading = "%nCommands:%n",
    subcommands = {
      TrainOptions.class,
      ScoreOptions.class,
      EvalOptions.class,
      TokenizeOptions.class,
      InitOptions.class,
      ListOptions.class
    },
    footer = {
      "",
      "Train a model on pairs of answers, then see what it thinks of others:",
      "  dpo4j train --model MODEL --data pairs.jsonl --eval_data held-out.jsonl --output_dir OUT",
      "  dpo4j score --model OUT --reference MODEL --data held-out.jsonl --output scores.jsonl",
      "  dpo4j eval --model OUT --reference MODEL --data held-out.jsonl",
      "",
      "MODEL is a HuggingFace directory (config.json, model.safetensors, tokenizer.json), and so is OUT.",
      "Options have TRL's names, with dashes or underscores: \"dpo4j COMMAND --help\" lists them."
    })
final class Program {
  /** Of the jar; from a folder of classes there is none. */
  static String version() {
    return Objects.requireNonNullElse(
        Program.class.getPackage().getImplementationVersion(), "in development");
  }
}
