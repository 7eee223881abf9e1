package org.dpo4j.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Threads that compute the parts of one batch side by side, each with operations of its own. They
 * wait for each other a few times a stage, where several threads inside of an operation would a few
 * times an operation; so no operation is too small for them, and other work on the machine delays
 * them only as much as it takes.
 */
final class Crew implements AutoCloseable {
  private final int threads;
  private final LongAdder waited = new LongAdder();
  private @Nullable ExecutorService workers;

  /**
   * @param threads that may compute at once
   */
  Crew(int threads) {
    this.threads = threads;
  }

  /** How many may work side by side. */
  int size() {
    return threads;
  }

  /** Nanoseconds that members have waited for each other so far, all of them together. */
  long waited() {
    return waited.sum();
  }

  /** One member's work. */
  @FunctionalInterface
  interface Work {
    /**
     * Does one member's share.
     *
     * @param member from 0
     * @param meeting of all members
     */
    void run(int member, Meeting meeting);
  }

  /** Where members wait for each other. */
  @FunctionalInterface
  interface Meeting {
    /**
     * Returns when all members have come.
     *
     * @throws CancellationException where another one has failed
     */
    void all();
  }

  /**
   * Lets members work, without gradient mode, and waits for them. A single member works on the
   * calling thread, with all threads inside of its operations.
   *
   * @throws RuntimeException what the first member threw that failed
   */
  void run(int members, Work work) {
    if (members == 1) {
      PyTorchThread.run(false, threads, () -> work.run(0, () -> {}));
      return;
    }
    Phaser meeting = new Phaser(members);
    List<Future<?>> running = new ArrayList<>();
    long[] ended = new long[members];
    for (int m = 0; m < members; m++) {
      int member = m;
      running.add(
          workers()
              .submit(
                  () -> {
                    work(member, threads / members, meeting, work);
                    ended[member] = System.nanoTime();
                  }));
    }
    Throwable failure = null;
    for (Future<?> f : running) {
      Throwable thrown = outcome(f);
      if (thrown != null && (failure == null || failure instanceof CancellationException)) {
        failure = thrown;
      }
    }
    if (failure instanceof Error e) throw e;
    if (failure instanceof RuntimeException e) throw e;
    if (failure != null) throw new IllegalStateException(failure);
    long last = Arrays.stream(ended).max().orElse(0);
    for (long end : ended) waited.add(last - end);
  }

  private void work(int member, int threads, Phaser meeting, Work work) {
    try {
      PyTorchThread.run(
          false,
          threads,
          () ->
              work.run(
                  member,
                  () -> {
                    long before = System.nanoTime();
                    int phase = meeting.arriveAndAwaitAdvance();
                    waited.add(System.nanoTime() - before);
                    if (phase < 0) {
                      throw new CancellationException("another part of the batch failed");
                    }
                  }));
    } catch (RuntimeException | Error e) {
      meeting.forceTermination();
      throw e;
    }
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
    ThreadFactory daemons =
        work -> {
          Thread thread = new Thread(work, "dpo4j-djl");
          thread.setDaemon(true);
          return thread;
        };
    ExecutorService made = Executors.newFixedThreadPool(threads, daemons);
    workers = made;
    return made;
  }

  @Override
  public void close() {
    if (workers != null) workers.shutdown();
  }
}
