package org.dpo4j.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;

/** Progress as a bar that is redrawn, with the time that is left. */
final class ProgressOnTerminal implements Progress {
  private static final int LONGEST_BAR = 40;
  private static final int SHORTEST_BAR = 4;

  private final PrintStream err;
  private @Nullable ProgressBar bar;

  ProgressOnTerminal(PrintStream err) {
    this.err = err;
  }

  @Override
  public void update(String phase, long done, long all, String news, boolean due) {
    ProgressBar current = bar;
    if (current == null || !current.getTaskName().equals(phase)) {
      close();
      current =
          new ProgressBarBuilder()
              .setTaskName(phase)
              .setInitialMax(all)
              .setRenderer(ProgressOnTerminal::render)
              .setUpdateIntervalMillis(250)
              .setConsumer(new ConsoleProgressBarConsumer(err))
              .build();
      bar = current;
    }
    current.setExtraMessage(news);
    current.stepTo(done);
  }

  /**
   * {@code step 12/80 [====> ] loss 0.651 ... 3:12 left}; the bar takes what room the words leave.
   */
  private static String render(ProgressState state, int width) {
    double share = (double) state.getCurrent() / Math.max(1, state.getMax());
    String before = "%s %d/%d ".formatted(state.getTaskName(), state.getCurrent(), state.getMax());
    StringBuilder after = new StringBuilder(state.getExtraMessage());
    if (share > 0) {
      double seconds = state.getTotalElapsed().toMillis() / 1000.0;
      after.append("  ").append(Progress.left(seconds / share - seconds));
    }
    int room = Math.min(LONGEST_BAR, width - before.length() - after.length() - 3);
    if (room < SHORTEST_BAR) {
      String words = before + after;
      return words.substring(0, Math.min(width, words.length()));
    }
    int full = (int) (share * room);
    return before + "[" + "=".repeat(full) + " ".repeat(room - full) + "] " + after;
  }

  @Override
  public void close() {
    if (bar != null) bar.close();
    bar = null;
  }
}
