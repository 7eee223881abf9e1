package org.dpo4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.evaluation.PolicyEvaluation;
import org.dpo4j.evaluation.PolicyEvaluator;
import org.dpo4j.evaluation.ScoringOptions;
import org.dpo4j.evaluation.TokenizedRows;
import org.dpo4j.loss.LossOption;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.SftLoss;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.OnBadRecord;
import org.dpo4j.tokenization.Truncation;
import org.dpo4j.training.TrainingConfig;
import org.jspecify.annotations.Nullable;

/** Evaluates a policy on preferences. */
final class EvalCommand {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Console console;
  private final Interruption interruption;
  private final LossChoice losses;

  @Inject
  EvalCommand(Console console, Interruption interruption, LossChoice losses) {
    this.console = console;
    this.interruption = interruption;
    this.losses = losses;
  }

  int run(EvalOptions asked, Arguments arguments, Problems problems) {
    Map<String, String> pluginOptions = arguments.pluginOptions();
    OnBadRecord onBadRecord = InputChoice.check(asked.files.input, problems);
    Optional<Objective> objective = objective(asked.measured, pluginOptions, problems);
    int batchSize =
        Objects.requireNonNullElse(
            asked.measured.perDeviceEvalBatchSize, TrainingConfig.defaults().evaluationBatchSize());
    if (batchSize < 1) {
      problems.add("--per_device_eval_batch_size is %d, expected at least 1.".formatted(batchSize));
    }
    Optional<Truncation> truncation = TruncationChoice.of(asked.truncation, null, problems);
    Optional<SessionOptions> session = EngineChoice.session(asked.engine, problems);
    Optional<ScoringBackend> backend = problems.collect(() -> EngineChoice.scoring(asked.engine));
    problems.throwIfAny();

    Path reference = asked.measured.reference;
    PolicyEvaluator evaluator =
        new PolicyEvaluator(
            backend.orElseThrow(),
            new ScoringOptions(session.orElseThrow(), truncation.orElse(null)),
            PretrainedModel.open(Required.value(asked.files.input.model)),
            reference == null ? null : PretrainedModel.open(reference));
    TokenizedRows rows = evaluator.read(InputChoice.open(asked.files.input, onBadRecord));
    SkippedRows skipped = new SkippedRows();
    rows.skipped().forEach(row -> skipped.add(row.row(), row.reason()));
    skipped.print(console.err(), "only the first are shown");
    if (reference == null) sayWhatIsLeftOut(objective);
    print(asked.files.output, () -> evaluate(evaluator, rows, objective, batchSize));
    return ExitCode.DONE;
  }

  /**
   * The objective; none where something is wrong, and where no loss was asked for and there is no
   * reference, which the default loss would need.
   */
  private Optional<Objective> objective(
      EvalOptions.Measured asked, Map<String, String> pluginOptions, Problems problems) {
    ObjectiveOptions options = asked.objective;
    boolean unasked = options.lossType == null && options.lossWeights == null;
    Optional<Objective> objective = losses.objective(options, pluginOptions, problems);
    if (asked.reference != null || objective.isEmpty()) return objective;
    if (!unasked && objective.get().requirements().reference()) {
      problems.add(
          "--loss_type %s needs --reference, the model that log-ratios are taken against."
              .formatted(names(objective.get())));
    }
    boolean scalesNothing =
        objective.get().losses().stream().allMatch(w -> Double.isNaN(w.loss().beta()));
    if (objective.get().beta() != LossOption.BETA.defaultValue() && (unasked || scalesNothing)) {
      problems.add("--beta has no effect without --reference: rewards need one.");
    }
    return unasked ? Optional.empty() : objective;
  }

  private static String names(Objective objective) {
    return objective.losses().stream().map(w -> w.loss().name()).collect(Collectors.joining(","));
  }

  private void sayWhatIsLeftOut(Optional<Objective> objective) {
    boolean own = objective.isPresent() && objective.get().requirements().ownRewards();
    console
        .err()
        .println(
            "Without --reference: no "
                + (objective.isPresent() ? "" : "loss, no ")
                + (own ? "reward intervals." : "rewards."));
  }

  /** Prints the result, and into the file: whether that can be written shows before the work. */
  private void print(@Nullable Path output, Supplier<Map<String, Object>> evaluation) {
    if (output == null) {
      console.out().println(json(evaluation.get()));
      return;
    }
    OutputFile.write(
        output,
        out -> {
          String result = json(evaluation.get());
          console.out().println(result);
          out.write((result + "\n").getBytes(StandardCharsets.UTF_8));
        });
  }

  private static String json(Map<String, Object> fields) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(fields);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, Object> evaluate(
      PolicyEvaluator evaluator, TokenizedRows rows, Optional<Objective> objective, int batchSize) {
    try (Progress progress = Progress.on(console)) {
      ScoringProgress scoring = new ScoringProgress(progress);
      // Log-probs are told whatever the objective; of this one, the loss is not.
      Objective needsNothing = Objective.of(new SftLoss());
      PolicyEvaluation evaluation =
          evaluator.evaluate(
              rows.examples(),
              objective.orElse(needsNothing),
              batchSize,
              (what, done, of) -> {
                interruption.check();
                scoring.scored(what, done, of);
              });
      return EvaluationFields.of(evaluation, objective.isPresent(), rows.skipped().size());
    }
  }
}
