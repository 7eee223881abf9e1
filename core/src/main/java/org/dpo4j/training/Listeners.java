package org.dpo4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dpo4j.evaluation.PolicyComparison;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several listeners as one; drops one that throws. */
final class Listeners implements TrainingListener {
  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  private final List<TrainingListener> listeners;

  private Listeners(List<TrainingListener> listeners) {
    this.listeners = new ArrayList<>(listeners);
  }

  /** Those of a run, after those on the class path. */
  static Listeners of(List<TrainingListener> ofRun) {
    Listeners all = new Listeners(TrainingListener.available().all());
    all.listeners.addAll(ofRun);
    return all;
  }

  @Override
  public void start(TrainingPlan plan) {
    tell(l -> l.start(plan));
  }

  @Override
  public void rehearsed(long bytes) {
    tell(l -> l.rehearsed(bytes));
  }

  @Override
  public void scored(String what, int done, int rows) {
    tell(l -> l.scored(what, done, rows));
  }

  @Override
  public void step(StepReport step) {
    tell(l -> l.step(step));
  }

  @Override
  public void evaluation(PolicyComparison comparison) {
    tell(l -> l.evaluation(comparison));
  }

  @Override
  public void finish(TrainingReport report) {
    tell(l -> l.finish(report));
  }

  private void tell(Consumer<TrainingListener> news) {
    listeners.removeIf(
        listener -> {
          try {
            news.accept(listener);
            return false;
          } catch (RuntimeException e) {
            log.warn("The listener {} failed and is told no more", listener.name(), e);
            return true;
          }
        });
  }
}
