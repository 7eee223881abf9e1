package org.dpo4j.cli;

import java.util.Locale;
import org.dpo4j.backend.MemoryPlan;
import org.dpo4j.training.StepReport;
import org.dpo4j.training.TrainingListener;
import org.dpo4j.training.TrainingPlan;
import org.jspecify.annotations.Nullable;

/** Tells people how a training goes, on standard error. */
final class TrainingScreen implements TrainingListener, AutoCloseable {
  /** TRL's {@code logging_steps}. */
  static final double DEFAULT_LOGGING_STEPS = 10;

  private final Console console;
  private final Progress progress;
  private final ScoringProgress scoring;
  private final double loggingSteps;
  private double seconds;
  private long tokens;

  /**
   * @param loggingSteps a line every so many steps; below 1: a share of all steps
   */
  TrainingScreen(Console console, double loggingSteps) {
    this.console = console;
    this.loggingSteps = loggingSteps;
    this.progress = Progress.on(console);
    this.scoring = new ScoringProgress(progress);
  }

  @Override
  public void start(TrainingPlan plan) {
    SkippedRows skipped = new SkippedRows();
    plan.skipped().forEach(row -> skipped.add(row.row(), row.reason()));
    skipped.print(console.err(), "only the first are shown");
    console
        .err()
        .printf(
            Locale.ROOT,
            "Training on %d rows: %d steps, beta %s, %d threads.%n",
            plan.rows(),
            plan.steps(),
            plan.beta(),
            plan.config().session().threads());
    console.err().println(plan.memory().sentences());
  }

  @Override
  public void rehearsed(long bytes) {
    console.err().printf("The largest micro-batch fits: %s so far.%n", MemoryPlan.bytes(bytes));
  }

  @Override
  public void scored(String what, int done, int rows) {
    scoring.scored(what, done, rows);
  }

  @Override
  public void step(StepReport step) {
    seconds += step.seconds();
    tokens += step.tokens();
    double every =
        loggingSteps < 1 ? Math.ceil(loggingSteps * step.steps()) : Math.rint(loggingSteps);
    boolean due = step.step() % (long) every == 0 || step.step() == step.steps();
    progress.update("step", step.step(), step.steps(), news(step), due);
  }

  /** {@code loss 0.651 margin 0.087 accuracy 0.62 1204 tokens/s 3:12 left}. */
  private String news(StepReport step) {
    StringBuilder news = new StringBuilder(String.format(Locale.ROOT, "loss %.3f", step.loss()));
    append(news, "margin %.3f", step.metrics().get("rewards/margins"));
    append(news, "accuracy %.2f", step.metrics().get("rewards/accuracies"));
    append(news, "%.0f tokens/s", tokens / seconds);
    if (!console.terminal()) {
      double perStep = seconds / step.step();
      news.append("  ").append(Progress.left(perStep * (step.steps() - step.step())));
    }
    return news.toString();
  }

  private static void append(StringBuilder news, String format, @Nullable Double value) {
    if (value != null) news.append("  ").append(String.format(Locale.ROOT, format, value));
  }

  @Override
  public void close() {
    progress.close();
  }
}
