package org.dpo4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dpo4j.testkit.RecordedRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only shows in a JVM of its own. */
class OnnxProcessTest {
  @TempDir Path directory;

  private String firstScore(List<String> jvmOptions) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(FirstScore.class.getName());
    Path model = Files.createTempDirectory(directory, "model");
    command.add(RecordedRun.model(model).toString());
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES));
    String told = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, process.exitValue(), told);
    return told;
  }

  /** ONNX Runtime matches the command line by recursion; on a usual stack that ends the JVM. */
  @Test
  void aLongCommandLineDoesNotEndTheJvm() throws IOException, InterruptedException {
    assertTrue(firstScore(List.of("-Dlong=" + "x".repeat(30_000))).contains("logps -"));
  }

  /** Tensors are in native memory, and buffers for them are given back in time. */
  @Test
  void aSmallHeapIsEnough() throws IOException, InterruptedException {
    for (String collector : List.of("-XX:+UseSerialGC", "-XX:+UseZGC")) {
      assertTrue(firstScore(List.of("-Xmx64m", collector)).contains("logps -"));
    }
  }
}
