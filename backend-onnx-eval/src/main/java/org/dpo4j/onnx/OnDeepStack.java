package org.dpo4j.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs something on a thread whose stack is deep enough for it. When ONNX Runtime 1.29 is
 * initialized on Linux, it matches the process's command line against a regular expression, by a
 * recursion of some 250 bytes for each character: a class path of 4,000 characters overflows a
 * usual stack of 1 MB, and that ends the JVM.
 */
final class OnDeepStack {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final long BYTES = 4 << 20;
  private static final long BYTES_PER_CHARACTER = 1024;

  private OnDeepStack() {}

  /** Waits for the result; what is thrown there is thrown here. */
  static <T> T call(Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    long stack = BYTES + BYTES_PER_CHARACTER * commandLine();
    Thread thread = new Thread(null, task, "dpo4j-onnx-start", stack);
    thread.start();
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
          throw new IllegalStateException(e.getCause());
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
