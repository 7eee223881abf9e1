package org.dpo4j.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Threads that compute the parts of one batch side by side, each with operations of its own. They
 * wait for each other a few times a stage, where several threads inside of an operation would a few
 * times an operation; so no operation is too small for them, and other work on the machine delays
 * them only as much as it takes.
 */
public final class Crew implements AutoCloseable {
  private final String name;
  private final int size;
  private final LongAdder waited = new LongAdder();
  private @Nullable ExecutorService workers;

  /**
   * Starts no thread yet.
   *
   * @param name of its threads
   * @param size how many may work side by side, at least 1
   */
  public Crew(String name, int size) {
    this.name = name;
    this.size = size;
  }

  /** How many may work side by side. */
  public int size() {
    return size;
  }

  /** Nanoseconds that members have waited for each other so far, all of them together. */
  public long waited() {
    return waited.sum();
  }

  /** One member's work. */
  @FunctionalInterface
  public interface Work {
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
  public interface Meeting {
    /**
     * Returns when all members have come.
     *
     * @throws CancellationException where another one has failed
     */
    void all();
  }

  /**
   * Lets members work and waits for them. A single member works on the calling thread.
   *
   * @param members at most {@link #size}
   * @throws RuntimeException what the first member threw that failed
   */
  public void run(int members, Work work) {
    if (members == 1) {
      work.run(0, () -> {});
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
                    work(member, meeting, work);
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

  private void work(int member, Phaser meeting, Work work) {
    try {
      work.run(member, () -> await(meeting));
    } catch (RuntimeException | Error e) {
      meeting.forceTermination();
      throw e;
    }
  }

  private void await(Phaser meeting) {
    long before = System.nanoTime();
    int phase = meeting.arriveAndAwaitAdvance();
    waited.add(System.nanoTime() - before);
    if (phase < 0) throw new CancellationException("another part of the batch failed");
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
    ExecutorService made = Executors.newFixedThreadPool(size, this::daemon);
    workers = made;
    return made;
  }

  private Thread daemon(Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    if (workers != null) workers.shutdown();
  }
}
