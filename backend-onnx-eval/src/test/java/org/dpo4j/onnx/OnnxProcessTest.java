package org.dpo4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.service.InputException;
import org.dpo4j.testkit.ChildJvm;
import org.dpo4j.testkit.RecordedRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only shows in a JVM of its own, or may end it. */
class OnnxProcessTest {
  @TempDir Path directory;

  /** Everything that a program has written, and at the end its exit status. */
  private String run(List<String> jvmOptions, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    ChildJvm.Ended ended = ChildJvm.run(directory, jvmOptions, program, arguments);
    return ended.output() + "status " + ended.status();
  }

  private String assertScores(String... jvmOptions) throws IOException, InterruptedException {
    Path model = RecordedRun.model(Files.createTempDirectory(directory, "model"));
    String told = run(List.of(jvmOptions), FirstScore.class, model.toString());
    assertTrue(told.contains("logps -") && told.endsWith("status 0"), told);
    return told;
  }

  /** For docs/architecture.md; the time hangs on what else the machine does. */
  @Test
  void tellsWhenTheFirstScoreIsThere() throws IOException, InterruptedException {
    System.out.println(assertScores());
  }

  /** ONNX Runtime matches the command line by recursion; on a usual stack that ends the JVM. */
  @Test
  void aLongCommandLineDoesNotEndTheJvm() throws IOException, InterruptedException {
    assertScores("-Dlong=" + "x".repeat(30_000));
  }

  /** Tensors are in native memory, and buffers for them are given back in time. */
  @Test
  void aSmallHeapIsEnough() throws IOException, InterruptedException {
    assertScores("-Xmx64m", "-XX:+UseSerialGC");
    assertScores("-Xmx64m", "-XX:+UseZGC");
  }

  /** Unpacked once, mended where a file was cut short. */
  @Test
  void nativesAreUnpackedWhereThePersonSays() throws IOException, InterruptedException {
    Path natives = directory.resolve("natives");
    String option = "-D" + OnnxNatives.DIRECTORY + "=" + natives;
    assertScores(option);
    Path unpacked = natives.resolve("onnxruntime");
    List<Path> files = files(unpacked);
    assertEquals(2, files.size(), files.toString());
    Path first = files.get(0);
    long size = Files.size(first);
    Files.write(first, new byte[10]);
    Object second = Files.getLastModifiedTime(files.get(1));
    assertScores(option);
    assertEquals(files, files(unpacked));
    assertEquals(size, Files.size(first));
    assertEquals(second, Files.getLastModifiedTime(files.get(1)));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /**
   * ONNX Runtime maps the files of a model: looking at what was cut off ends the JVM, and what was
   * written over is believed.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "before | cut         | 0 | FILE is no whole safetensors file: tensor ",
        "before | headerCut   | 0 | FILE is no whole safetensors file: its header says to be 2088 bytes long, in a file of 1000",
        "before | emptied     | 0 | FILE is no whole safetensors file: it has only 0 bytes",
        "before | otherShape  | 0 | FILE, tensor model.layers.0.mlp.gate_proj.weight has the shape [32, 48]. Expected [48, 32] by config.json.",
        "before | otherType   | 0 | FILE, tensor model.embed_tokens.weight is stored as I32. Expected F32, F16 or BF16.",
        "before | otherName   | 0 | are not those of its config.json. Missing: model.norm.weight [32]. Of no use: model.form.weight.",
        "opened | emptied     | 0 | FILE was changed while it was in use: it was 73136 bytes",
        "opened | removed     | 0 | FILE is missing.",
        "opened | replaced    | 0 | FILE was changed while it was in use: it was 73136 bytes",
        "opened | overwritten | 0 | FILE was changed while it was in use: it was 73136 bytes",
        "scored | emptied     | 1 | FILE was changed while it was in use: it was 73136 bytes",
        "scored | overwritten | 1 | FILE was changed while it was in use: it was 73136 bytes",
        "scored | nothing     | 2 | scored again",
      })
  void aDamagedModelIsAnError(String when, String what, int scored, String problem)
      throws IOException, InterruptedException {
    Path model = directory.resolve("model");
    String told = run(List.of(), ScoreDamaged.class, model.toString(), when, what);
    Path file = model.resolve("model.safetensors");
    assertTrue(told.contains(problem.replace("FILE", file.toString())), told);
    assertEquals(scored > 0, told.contains("scored"), told);
    assertEquals(scored > 1, told.contains("scored again"), told);
    if (scored > 1) {
      assertTrue(told.endsWith("status 0"), told);
    } else {
      assertTrue(told.contains(InputException.class.getName()), told);
      assertTrue(told.endsWith("status 1"), told);
    }
    assertFalse(told.contains("hs_err"), told);
  }
}
