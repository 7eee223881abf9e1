package org.dpo4j.backend;

/**
 * How a session computes.
 *
 * @param threads of one operation, at least 1; part of a run's record, for the last bits depend on
 *     it
 * @param activationBytes that one pass may keep for its way back; a pass that would take more makes
 *     again what it needs, stage by stage (activation checkpointing)
 * @param fastPaths whether an engine may take its fast ways; without them it computes a batch as a
 *     whole, every operation forward and back by the engine's own rules: slower, in more memory,
 *     and equal but for the order of sums
 */
public record SessionOptions(
    Device device, Precision precision, int threads, long activationBytes, boolean fastPaths) {
  public SessionOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", expected at least 1");
    }
  }

  /** The CPU, float32, all processors that the JVM may use; nothing is computed twice. */
  public static SessionOptions defaults() {
    return new SessionOptions(
        Device.CPU,
        Precision.FLOAT32,
        Runtime.getRuntime().availableProcessors(),
        Long.MAX_VALUE,
        true);
  }

  public SessionOptions withThreads(int n) {
    return new SessionOptions(device, precision, n, activationBytes, fastPaths);
  }

  public SessionOptions withActivationBytes(long bytes) {
    return new SessionOptions(device, precision, threads, bytes, fastPaths);
  }

  public SessionOptions withFastPaths(boolean may) {
    return new SessionOptions(device, precision, threads, activationBytes, may);
  }
}
