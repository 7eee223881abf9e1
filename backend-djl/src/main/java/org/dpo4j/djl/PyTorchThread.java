package org.dpo4j.djl;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * PyTorch's settings of the calling thread while it works for a session; put back afterwards.
 * Gradient mode belongs to each thread, and starts out different on different threads. The number
 * of threads of one operation is a setting of the calling thread on Linux, elsewhere of the whole
 * process: there, sessions side by side that ask for different numbers all run with the last one's.
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
    int threadsBefore = JniUtils.getNumThreads();
    try {
      if (threads != threadsBefore) JniUtils.setNumThreads(threads);
      JniUtils.setGradMode(gradients);
      // TorchScript's optimizer would profile and recompile for each new shape.
      JniUtils.setGraphExecutorOptimize(false);
      return work.get();
    } finally {
      JniUtils.setGraphExecutorOptimize(true);
      JniUtils.setGradMode(gradientsBefore);
      if (threads != threadsBefore) JniUtils.setNumThreads(threadsBefore);
    }
  }
}
