package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class JavaMemoryTest {
  @Test
  void asksForTwiceAsMuchInWholeGigabytes() {
    String small = JavaMemory.problem("Java heap space", 512L << 20);
    assertTrue(small.contains("DPO4J_JAVA_OPTS=-Xmx2g "), small);
    String large = JavaMemory.problem("Java heap space", (2L << 30) + 1);
    assertTrue(large.contains("DPO4J_JAVA_OPTS=-Xmx5g "), large);
  }

  @Test
  void seesTheErrorOfAnotherThreadAndNoneOfThreads() {
    Throwable heap = new ExecutionException(new OutOfMemoryError("Java heap space"));
    String told = JavaMemory.problem(new IllegalStateException(heap));
    assertTrue(told != null && told.contains("(Java heap space)"), told);
    assertNull(JavaMemory.problem(new OutOfMemoryError("unable to create native thread: x")));
    assertNull(JavaMemory.problem(new IllegalStateException("other")));
  }
}
