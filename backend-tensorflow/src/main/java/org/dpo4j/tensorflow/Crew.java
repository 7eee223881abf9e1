package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts runs of the parts of a batch side by side. The engine's threads, as many as there are
 * members, take operations of all of them; so no operation is too small to be worth a thread.
 */
final class Crew implements AutoCloseable {
  /** Each has arrays of its own for gradients. */
  private static final int MOST = 4;

  private final int members;
  private @Nullable ExecutorService workers;

  Crew(int threads) {
    members = members(threads);
  }

  /** How many parts so many threads compute at once. */
  static int members(int threads) {
    return Math.min(threads, MOST);
  }

  int size() {
    return members;
  }

  /**
   * Does the work of all members and waits for them.
   *
   * @param work takes a member's number, from 0
   * @throws RuntimeException what the first member threw that failed
   */
  void run(int members, IntConsumer work) {
    if (members == 1) {
      work.accept(0);
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    for (int m = 0; m < members; m++) {
      int member = m;
      running.add(workers().submit(() -> work.accept(member)));
    }
    Throwable failure = null;
    for (Future<?> f : running) {
      Throwable thrown = outcome(f);
      if (failure == null) failure = thrown;
    }
    if (failure instanceof Error e) throw e;
    if (failure instanceof RuntimeException e) throw e;
    if (failure != null) throw new IllegalStateException(failure);
  }

  /** Waits to the end, interrupted or not: native work can't be left alone. */
  private static @Nullable Throwable outcome(Future<?> running) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          running.get();
          return null;
        } catch (ExecutionException e) {
          return e.getCause();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  private ExecutorService workers() {
    ExecutorService there = workers;
    if (there != null) return there;
    ExecutorService made =
        Executors.newFixedThreadPool(
            members,
            work -> {
              Thread thread = new Thread(work, "dpo4j-tensorflow");
              thread.setDaemon(true);
              return thread;
            });
    workers = made;
    return made;
  }

  @Override
  public void close() {
    if (workers != null) workers.shutdown();
  }
}
