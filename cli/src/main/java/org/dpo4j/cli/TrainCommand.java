package org.dpo4j.cli;

import com.google.inject.Inject;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.dpo4j.backend.Backends;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.loss.Objective;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.OnBadRecord;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.RoundingEffect;
import org.dpo4j.training.RunNotes;
import org.dpo4j.training.TrainingConfig;
import org.dpo4j.training.TrainingReport;
import org.dpo4j.training.TrainingSetup;

/** Trains a model on preferences. */
final class TrainCommand {
  private static final String DEFAULT_TRAINER = "offline";

  private final Console console;
  private final Interruption interruption;
  private final LossChoice losses;

  @Inject
  TrainCommand(Console console, Interruption interruption, LossChoice losses) {
    this.console = console;
    this.interruption = interruption;
    this.losses = losses;
  }

  int run(TrainOptions asked, Arguments arguments, Problems problems) {
    Map<String, String> pluginOptions = arguments.pluginOptions();
    OnBadRecord onBadRecord = InputChoice.check(asked.inputs.input, problems);
    Required.check("--output_dir", asked.result.outputDir, problems);
    TrainingConfig config = TrainingChoice.of(asked, problems);
    Optional<Objective> objective =
        losses.objective(asked.training.objective, pluginOptions, problems);
    double loggingSteps =
        Objects.requireNonNullElse(
            asked.running.loggingSteps, TrainingScreen.DEFAULT_LOGGING_STEPS);
    if (!(loggingSteps > 0))
      problems.add("--logging_steps is %s, expected above 0.".formatted(loggingSteps));
    Optional<TrainingBackend> backend =
        problems.collect(() -> EngineChoice.training(asked.running.engine));
    String trainer = Objects.requireNonNullElse(asked.training.trainer, DEFAULT_TRAINER);
    Optional<TrainingSetup> setup =
        backend.flatMap(b -> problems.collect(() -> PreferenceTrainer.named(trainer, b)));
    Optional<ScoringBackend> reference =
        Optional.ofNullable(asked.running.referenceBackend)
            .flatMap(name -> problems.collect(() -> Backends.scoring(name)));
    problems.throwIfAny();
    reference.ifPresent(setup.orElseThrow()::referenceBackend);
    setup.orElseThrow().notes(notes(asked, arguments, trainer, onBadRecord, loggingSteps));

    return train(
        asked,
        onBadRecord,
        setup.orElseThrow().config(config).objective(objective.orElseThrow()),
        loggingSteps);
  }

  /** What belongs to the run's record and the setup doesn't know. */
  private RunNotes notes(
      TrainOptions asked,
      Arguments arguments,
      String trainer,
      OnBadRecord onBadRecord,
      double loggingSteps) {
    Map<String, Object> notes =
        new TreeMap<>(losses.resolved(asked.training.objective, arguments.pluginOptions()));
    notes.put("trainer", trainer);
    notes.put("on_bad_record", onBadRecord.name().toLowerCase(Locale.ROOT));
    notes.put("logging_steps", loggingSteps);
    if (asked.common.plugins != null) notes.put("plugins", asked.common.plugins.toString());
    return new RunNotes(notes, arguments.origins());
  }

  private int train(
      TrainOptions asked, OnBadRecord onBadRecord, TrainingSetup setup, double loggingSteps) {
    PreferenceDataset data = InputChoice.open(asked.inputs.input, onBadRecord);
    if (asked.inputs.evalData != null) {
      setup.evaluation(PreferenceDataset.open(asked.inputs.evalData, onBadRecord));
    }
    Path output = Required.value(asked.result.outputDir);
    if (Boolean.TRUE.equals(asked.result.dryRun)) {
      PretrainedModel model = PretrainedModel.open(Required.value(asked.inputs.input.model));
      console.out().print(setup.resolved(model, data, output));
      return ExitCode.DONE;
    }
    TrainingReport report;
    try (TrainingScreen screen = new TrainingScreen(console, loggingSteps)) {
      interruption.whenRequested(setup::cancel);
      report =
          setup
              .listener(screen)
              .train(PretrainedModel.open(Required.value(asked.inputs.input.model)), data, output);
    }
    print(report);
    return ExitCode.DONE;
  }

  private void print(TrainingReport report) {
    if (report.comparison() != null) ComparisonTable.print(report.comparison(), console.out());
    RoundingEffect rounding = report.rounding();
    if (rounding != null) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "Written in bfloat16: of the margin that was learnt (%.4f nats on %d rows) %.4f is left, %.0f%%.%n",
              rounding.learned(),
              rounding.rows(),
              rounding.kept(),
              100 * rounding.share());
    }
    console.out().println("The result is in " + report.output());
  }
}
