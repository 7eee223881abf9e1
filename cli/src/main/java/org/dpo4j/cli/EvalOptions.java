package org.dpo4j.cli;

import com.google.inject.Injector;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code eval}. */
@Command(
    name = "eval",
    sortOptions = false,
    customSynopsis =
        "dpo4j eval --model DIR [--reference DIR] --data FILE [--output FILE.json] [--OPTION VALUE"
            + " ...]",
    description = "Evaluates a model on preferences: loss, rewards, accuracy, with intervals.",
    footer = {
      "",
      "Prints one JSON object: eval_loss, eval_rewards/..., eval_logps/... (TRL's numbers: the loss"
          + " weighted by rows, the others means of batch means), rows, skipped; and under"
          + " \"intervals\" means over rows with 95%% bootstrap intervals: of the reward margin and"
          + " its accuracy, of the log-prob margin and its accuracy (which need no reference), and"
          + " of the accuracy of two rules that look at length alone, longer_wins and"
          + " shorter_wins."
    })
final class EvalOptions implements CommandOptions {
  @ArgGroup(validate = false, order = 1, heading = "%nInput and output:%n")
  Files files = new Files();

  @ArgGroup(validate = false, order = 2, heading = "%nWhat is evaluated:%n")
  Measured measured = new Measured();

  @ArgGroup(validate = false, order = 3, heading = "%nLength:%n")
  TruncationOptions truncation = new TruncationOptions();

  @ArgGroup(validate = false, order = 4, heading = "%nEngine:%n")
  EngineOptions engine = new EngineOptions();

  @Mixin CommonOptions common = new CommonOptions();

  /** What is read and written. */
  static final class Files {
    @ArgGroup(validate = false)
    InputOptions input = new InputOptions();

    @ArgGroup(validate = false)
    ConfigOption file = new ConfigOption();

    @Option(
        names = "--output",
        hideParamSyntax = true,
        paramLabel = "FILE",
        description = "The same JSON object, written under a temporary name and renamed.")
    @Nullable Path output;
  }

  /** What is measured. */
  static final class Measured {
    @Option(
        names = "--reference",
        hideParamSyntax = true,
        paramLabel = "DIR",
        description =
            "The reference model. Without it: log-probs, their margin and accuracy, and those"
                + " losses that are asked for and need none.")
    @Nullable Path reference;

    @ArgGroup(validate = false)
    ObjectiveOptions objective = new ObjectiveOptions();

    @Option(
        names = "--per_device_eval_batch_size",
        hideParamSyntax = true,
        paramLabel = "N",
        description = "Rows of a batch: what the means of eval_... are over (default: 8).")
    @Nullable Integer perDeviceEvalBatchSize;
  }

  @Override
  public boolean readsConfig() {
    return true;
  }

  @Override
  public int run(Injector injector, Arguments arguments, Problems problems) {
    return injector.getInstance(EvalCommand.class).run(this, arguments, problems);
  }
}
