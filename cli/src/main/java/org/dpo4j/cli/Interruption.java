package org.dpo4j.cli;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGINT and SIGTERM as a request: the command stops at its next good moment and cleans up, then
 * the JVM ends with 130 or 143 by itself. A command that takes too long over it is left behind.
 */
final class Interruption {
  private static final int PATIENCE_SECONDS = 30;

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean requested;
  private volatile Runnable whenRequested = () -> {};

  /** One that the process's signals request. */
  static Interruption ofProcess() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::request, "interruption"));
    return interruption;
  }

  /** Asks the command to stop and waits until it has; at once where it has ended. */
  void request() {
    if (ended.getCount() == 0) return;
    requested = true;
    whenRequested.run();
    try {
      if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) ended.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Something that hurries the command; at once where the request has come already. */
  void whenRequested(Runnable action) {
    whenRequested = action;
    if (requested) action.run();
  }

  /**
   * For loops over rows.
   *
   * @throws CancellationException where a request has come
   */
  void check() {
    if (requested) throw new CancellationException("Interrupted: nothing was written.");
  }

  /** The command has ended and cleaned up. */
  void ended() {
    ended.countDown();
  }
}
