package org.dpo4j.backend;

/**
 * How a session computes.
 *
 * @param threads of one operation, at least 1; part of a run's record, for the last bits depend on
 *     it
 */
public record SessionOptions(Device device, Precision precision, int threads) {
  public SessionOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", expected at least 1");
    }
  }

  /** The CPU, float32, all processors that the JVM may use. */
  public static SessionOptions defaults() {
    return new SessionOptions(
        Device.CPU, Precision.FLOAT32, Runtime.getRuntime().availableProcessors());
  }

  public SessionOptions withThreads(int n) {
    return new SessionOptions(device, precision, n);
  }
}
