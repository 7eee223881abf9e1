package org.dpo4j.training;

import java.util.Map;
import org.dpo4j.evaluation.PolicyComparison;
import org.dpo4j.service.NamedService;
import org.dpo4j.service.NamedServices;

/**
 * Watches a run; called on the thread that trains, between its steps. One given to a run watches
 * that run, one found by {@link java.util.ServiceLoader} every run. One that throws is logged and
 * not called again: watching never costs a run.
 */
@FunctionalInterface
public interface TrainingListener extends NamedService {
  /** The data are read, nothing native is open yet. */
  default void start(TrainingPlan plan) {}

  /**
   * The largest micro-batch went there and back, and was thrown away.
   *
   * @param bytes that the process had at most so far
   */
  default void rehearsed(long bytes) {}

  /**
   * Rows were scored, before the first step (the reference's log-probs, the evaluation rows) or
   * after the last.
   *
   * @param what is being scored, for people: {@code reference log-probs}
   * @param done rows so far
   */
  default void scored(String what, int done, int rows) {}

  /** The optimizer took a step. */
  void step(StepReport step);

  /** The evaluation rows were scored before and after. */
  default void evaluation(PolicyComparison comparison) {}

  /** The result is written. */
  default void finish(TrainingReport report) {}

  @Override
  default String name() {
    return getClass().getName();
  }

  /** The listeners on the class path, which watch every run. */
  static NamedServices<TrainingListener> available() {
    return NamedServices.of(TrainingListener.class, "training listener", Map.of());
  }
}
