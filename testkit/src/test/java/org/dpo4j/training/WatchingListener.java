package org.dpo4j.training;

import java.util.concurrent.atomic.AtomicInteger;

/** Registered in this module's tests only. */
public final class WatchingListener implements TrainingListener {
  static final AtomicInteger steps = new AtomicInteger();

  @Override
  public void step(StepReport step) {
    steps.incrementAndGet();
  }
}
