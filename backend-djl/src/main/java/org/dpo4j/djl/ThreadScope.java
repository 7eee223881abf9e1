package org.dpo4j.djl;

import ai.djl.pytorch.jni.JniUtils;

/**
 * PyTorch's settings of the calling thread while a session computes; put back on close. Gradient
 * mode belongs to each thread and starts out different on different threads. The number of threads
 * of one operation is the thread's own on Linux and the process's elsewhere: sessions side by side
 * that ask for different numbers get the right results there, at the speed of the last one's.
 */
final class ThreadScope implements AutoCloseable {
  private final boolean gradients;
  private final int threads;

  ThreadScope(boolean gradients, int threads) {
    this.gradients = JniUtils.isGradMode();
    this.threads = JniUtils.getNumThreads();
    if (threads != this.threads) JniUtils.setNumThreads(threads);
    JniUtils.setGradMode(gradients);
    // TorchScript's optimizer would profile and recompile for each new shape.
    JniUtils.setGraphExecutorOptimize(false);
  }

  @Override
  public void close() {
    JniUtils.setGraphExecutorOptimize(true);
    JniUtils.setGradMode(gradients);
    if (JniUtils.getNumThreads() != threads) JniUtils.setNumThreads(threads);
  }
}
