package org.dpo4j.cli;

import com.google.inject.Inject;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.evaluation.ExampleScore;
import org.dpo4j.evaluation.PreferenceScorer;
import org.dpo4j.evaluation.ScoringOptions;
import org.dpo4j.loss.LossOption;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.OnBadRecord;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.tokenization.Truncation;
import org.jspecify.annotations.Nullable;

/** Tells the log-probs of completions, and their rewards against a reference. */
final class ScoreCommand {
  private final Console console;
  private final Interruption interruption;

  @Inject
  ScoreCommand(Console console, Interruption interruption) {
    this.console = console;
    this.interruption = interruption;
  }

  int run(ScoreOptions asked, Problems problems) {
    OnBadRecord onBadRecord = InputChoice.check(asked.files.input, problems);
    Required.check("--output", asked.files.output, problems);
    Optional<Truncation> truncation = TruncationChoice.of(asked.truncation, null, problems);
    Optional<SessionOptions> session = EngineChoice.session(asked.engine, problems);
    double beta = beta(asked.told, problems);
    Optional<ScoringBackend> backend = problems.collect(() -> EngineChoice.scoring(asked.engine));
    problems.throwIfAny();

    ScoringOptions options = new ScoringOptions(session.orElseThrow(), truncation.orElse(null));
    PreferenceDataset data = InputChoice.open(asked.files.input, onBadRecord);
    Path output = Required.value(asked.files.output);
    SkippedRows skipped = new SkippedRows();
    boolean tokens = Boolean.TRUE.equals(asked.told.tokenLogps);
    JsonLinesFile.write(
        output,
        lines -> {
          Path reference = asked.told.reference;
          try (PreferenceScorer policy =
                  open(backend.orElseThrow(), Required.value(asked.files.input.model), options);
              @Nullable PreferenceScorer other =
                  reference == null ? null : open(backend.orElseThrow(), reference, options)) {
            score(policy, other, data, new ScoreLine(beta, tokens), skipped, lines);
          }
        });
    skipped.print(console.err(), "each has its line in " + output);
    return ExitCode.DONE;
  }

  private static double beta(ScoreOptions.Told asked, Problems problems) {
    double standard = LossOption.BETA.defaultValue();
    double beta = Objects.requireNonNullElse(asked.beta, standard);
    if (asked.reference == null && beta != standard) {
      problems.add("--beta has no effect without --reference: rewards need one.");
    }
    problems.check(() -> LossOption.BETA.require(beta));
    return beta;
  }

  private static PreferenceScorer open(
      ScoringBackend backend, Path directory, ScoringOptions options) {
    return PreferenceScorer.open(backend, PretrainedModel.open(directory), options);
  }

  private void score(
      PreferenceScorer policy,
      @Nullable PreferenceScorer reference,
      PreferenceDataset data,
      ScoreLine line,
      SkippedRows skipped,
      Consumer<Map<String, ?>> lines) {
    long start = System.nanoTime();
    long rows = 0;
    Iterator<ExampleScore> references = reference == null ? null : reference.score(data).iterator();
    for (ExampleScore score : policy.score(data)) {
      interruption.check();
      ExampleScore other = references == null ? null : references.next();
      String why = score.skipped();
      if (why == null) rows++;
      lines.accept(why == null ? line.of(score, other) : skipped.line(score.row(), why));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    console
        .err()
        .printf(
            Locale.ROOT, "Scored %d rows in %.2f s, %.2f rows/s.%n", rows, seconds, rows / seconds);
  }
}
