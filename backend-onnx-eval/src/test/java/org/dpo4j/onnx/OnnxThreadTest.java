package org.dpo4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.testkit.ChildJvm;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxThreadTest {
  @TempDir Path directory;

  @Test
  void aSecondCallerComputesByItself() throws Exception {
    CountDownLatch computing = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    CompletableFuture<Thread> first =
        CompletableFuture.supplyAsync(
            () ->
                OnnxThread.callIfFree(
                    () -> {
                      computing.countDown();
                      try {
                        done.await();
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                      return Thread.currentThread();
                    }));
    computing.await();
    assertSame(Thread.currentThread(), OnnxThread.callIfFree(Thread::currentThread));
    done.countDown();
    assertEquals("dpo4j-onnx", first.get().getName());
    assertSame(first.get(), OnnxThread.call(Thread::currentThread));
  }

  @Test
  void whatIsThrownThereIsThrownHere() {
    IOException checked = new IOException("there");
    assertSame(
        checked,
        assertThrows(
            IOException.class,
            () ->
                OnnxThread.call(
                    () -> {
                      throw checked;
                    })));
    assertThrows(
        StackOverflowError.class,
        () ->
            OnnxThread.callIfFree(
                () -> {
                  throw new StackOverflowError();
                }));
    assertNotSame(Thread.currentThread(), OnnxThread.callIfFree(Thread::currentThread));
  }

  /** On that thread denormal numbers are zero, on the caller's they are as Java has them. */
  @Test
  void theCallersArithmeticIsLeftAlone() throws IOException, InterruptedException {
    String machine = System.getProperty("os.arch");
    assumeTrue(Set.of("amd64", "x86_64").contains(machine), "no such setting on " + machine);
    assertEquals(
        "here 2.938736E-39, there 0.0", ChildJvm.run(directory, List.of(), getClass()).lastLine());
  }

  public static void main(String[] arguments) {
    CausalTransformer model = TestModels.llama();
    try (ScoringSession session =
        new OnnxBackend().openScoring(model, TestModels.weights(1), SessionOptions.defaults())) {
      session.score(model.batch(new TestExamples(1, model.vocabulary()).mixed()), Set.of());
    }
    float[] smallest = {Float.MIN_NORMAL};
    System.out.println(
        "here " + smallest[0] / 4 + ", there " + OnnxThread.call(() -> smallest[0] / 4));
  }
}
