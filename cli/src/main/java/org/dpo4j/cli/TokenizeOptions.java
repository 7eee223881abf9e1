package org.dpo4j.cli;

import com.google.inject.Injector;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code tokenize}. */
@Command(
    name = "tokenize",
    sortOptions = false,
    customSynopsis =
        "dpo4j tokenize --model DIR --data FILE --output FILE.jsonl [--max_length N]"
            + " [--OPTION VALUE ...]",
    description = "Shows the token ids that training would see.",
    footer = {
      "",
      "Writes one line per row, in order: prompt_ids, chosen_ids, rejected_ids, or prompt_ids,"
          + " completion_ids. Needs only the tokenizer's files of the model's directory; rows that"
          + " hold ids need none. A row that was skipped or dropped leaves {\"row\": N,"
          + " \"skipped\": \"why\"}."
    })
final class TokenizeOptions implements CommandOptions {
  @ArgGroup(validate = false, order = 1, heading = "%nInput and output:%n")
  InputOptions input = new InputOptions();

  @ArgGroup(validate = false, order = 2, heading = "%nOutput and length:%n")
  Output output = new Output();

  @Mixin CommonOptions common = new CommonOptions();

  /** What is written. */
  static final class Output {
    @Option(
        names = "--output",
        hideParamSyntax = true,
        paramLabel = "FILE",
        description = "JSON Lines, written under a temporary name and renamed. Required.")
    @Nullable Path file;

    @ArgGroup(validate = false)
    TruncationOptions truncation = new TruncationOptions();
  }

  @Override
  public int run(Injector injector, Arguments arguments, Problems problems) {
    return injector.getInstance(TokenizeCommand.class).run(this, problems);
  }
}
