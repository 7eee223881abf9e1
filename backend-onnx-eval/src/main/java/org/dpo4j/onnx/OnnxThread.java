package org.dpo4j.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The thread of this process on which ONNX Runtime starts, opens sessions and, where it is free,
 * computes.
 *
 * <ul>
 *   <li>Its stack is deep enough. When ONNX Runtime 1.29 is initialized on Linux, it matches the
 *       process's command line against a regular expression, by a recursion of some 250 bytes for
 *       each character: a class path of 4,000 characters overflows a usual stack of 1 MB, and that
 *       ends the JVM.
 *   <li>It takes denormal numbers for zero. The exponential of every score that is masked is
 *       denormal, and one costs an Intel processor some 200 cycles. The runtime sets its own
 *       threads so; of its callers only the thread that opened the first session of the process. A
 *       thread of Java's user would calculate differently from then on; this one does nothing else.
 * </ul>
 */
final class OnnxThread {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final long BYTES = 4 << 20;
  private static final long BYTES_PER_CHARACTER = 1024;

  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          work -> {
            long stack = BYTES + BYTES_PER_CHARACTER * commandLine();
            Thread thread = new Thread(null, work, "dpo4j-onnx", stack);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
          });

  private static final ReentrantLock COMPUTING = new ReentrantLock();

  /** What the runtime is asked for. */
  @FunctionalInterface
  interface Work<T, E extends Exception> {
    T get() throws E;
  }

  private OnnxThread() {}

  /** Computes there, or where it is called if another caller computes there. */
  static <T, E extends Exception> T callIfFree(Work<T, E> work) throws E {
    if (!COMPUTING.tryLock()) return work.get();
    try {
      return call(work);
    } finally {
      COMPUTING.unlock();
    }
  }

  /** Waits for its turn and for the result; what is thrown there is thrown here. */
  @SuppressWarnings("unchecked") // the work throws nothing else that is checked
  static <T, E extends Exception> T call(Work<T, E> work) throws E {
    Future<T> task = THREAD.submit(work::get);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true; // what native code has begun can't be stopped
        } catch (ExecutionException e) {
          if (e.getCause() instanceof Error error) throw error;
          if (e.getCause() instanceof RuntimeException exception) throw exception;
          throw (E) e.getCause();
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  /** Its length; 0 where the system has no such file, and ONNX Runtime doesn't read it. */
  private static int commandLine() {
    if (!Files.isReadable(COMMAND_LINE)) return 0;
    try {
      return Files.readAllBytes(COMMAND_LINE).length;
    } catch (IOException e) {
      return 0;
    }
  }
}
