package org.dpo4j.djl;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * PyTorch's settings of the calling thread while it works for a session; put back afterwards.
 * Gradient mode belongs to each thread, and starts out different on different threads. The number
 * of threads of one operation is a setting of the calling thread for PyTorch's own loops, and of
 * the whole process for the matrix products of some builds: sessions side by side that ask for
 * different numbers may run with the last one's.
 */
final class PyTorchThread {
  private PyTorchThread() {}

  /**
   * Works without gradients or with them.
   *
   * @param gradients whether autograd records
   * @param threads of one operation
   */
  static <T> T call(boolean gradients, int threads, Supplier<T> work) {
    boolean gradientsBefore = JniUtils.isGradMode();
    // Set even where it seems to be right: it may be right for this thread and not for the process.
    JniUtils.setNumThreads(threads);
    JniUtils.setGradMode(gradients);
    // TorchScript's optimizer would profile and recompile for each new shape.
    JniUtils.setGraphExecutorOptimize(false);
    try {
      return work.get();
    } finally {
      JniUtils.setGraphExecutorOptimize(true);
      JniUtils.setGradMode(gradientsBefore);
    }
  }

  /** The same, for work without a result. */
  static void run(boolean gradients, int threads, Runnable work) {
    call(
        gradients,
        threads,
        () -> {
          work.run();
          return true;
        });
  }

  /** Lets autograd record, inside of a {@link #call}. */
  static <T> T recorded(Supplier<T> work) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(true);
    try {
      return work.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }
}
