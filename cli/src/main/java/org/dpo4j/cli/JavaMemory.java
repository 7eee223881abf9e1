package org.dpo4j.cli;

import org.dpo4j.backend.MemoryPlan;
import org.jspecify.annotations.Nullable;

/** Java's heap, for which the launcher sets a limit. */
final class JavaMemory {
  private static final long GIB = 1L << 30;

  private JavaMemory() {}

  /** What to tell of a failure that comes from Java's heap being full; else null. */
  static @Nullable String problem(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof OutOfMemoryError && !ofThreads(t)) {
        return problem(String.valueOf(t.getMessage()), Runtime.getRuntime().maxMemory());
      }
    }
    return null;
  }

  /** The same error tells that the system gives no more threads, of which a heap has none. */
  private static boolean ofThreads(Throwable error) {
    return String.valueOf(error.getMessage()).contains("native thread");
  }

  /**
   * @param message the JVM's
   * @param limit bytes of the heap
   */
  static String problem(String message, long limit) {
    long more = Math.max(2, (2 * limit + GIB - 1) / GIB);
    return "out of Java memory (%s): the heap's limit is %s. DPO4J_JAVA_OPTS=-Xmx%dg gives it more; what Java may take is not there for weights and activations."
        .formatted(message, MemoryPlan.bytes(limit), more);
  }
}
