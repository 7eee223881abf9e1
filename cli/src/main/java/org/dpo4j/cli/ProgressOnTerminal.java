package org.dpo4j.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress as a bar that is redrawn, with the time that is left. */
final class ProgressOnTerminal implements Progress {
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
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(250)
              .setConsumer(new ConsoleProgressBarConsumer(err))
              .build();
      bar = current;
    }
    current.setExtraMessage(news.isEmpty() ? "" : " " + news);
    current.stepTo(done);
  }

  @Override
  public void close() {
    if (bar != null) bar.close();
    bar = null;
  }
}
