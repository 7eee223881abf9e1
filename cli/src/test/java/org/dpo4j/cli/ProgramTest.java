package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as a process of its own. */
class ProgramTest {
  private static final long PATIENCE_SECONDS = 120;

  @TempDir static Path folder;
  private static Path model;
  private static Path pairs;

  @BeforeAll
  static void makeModel() throws IOException {
    model = TinyModel.init(folder);
    String row = "{\"prompt_ids\": [2, 3], \"chosen_ids\": [4, 5], \"rejected_ids\": [6]}\n";
    pairs = Files.writeString(folder.resolve("pairs.jsonl"), row.repeat(64));
  }

  /** The program's own class path: that of these tests without what is there for tests alone. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !entry.contains("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Process start(Path out, Path err, Object... arguments) throws IOException {
    return start(List.of(), out, err, arguments);
  }

  private static Process start(List<String> options, Path out, Path err, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 23) { // as the launcher does
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.add("-Duser.home=" + System.getProperty("user.home"));
    command.addAll(options);
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", classPath(), Main.class.getName()));
    for (Object argument : arguments) command.add(argument.toString());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    // The JVM would say on standard error that it picked them up.
    builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2"); // as the launcher does
    return builder.start();
  }

  private static Outcome run(Object... arguments) throws Exception {
    return runWith(List.of(), arguments);
  }

  private static Outcome runWith(List<String> options, Object... arguments) throws Exception {
    Path out = Files.createTempFile(folder, "out", null);
    Path err = Files.createTempFile(folder, "err", null);
    Process process = start(options, out, err, arguments);
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "still running");
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void resultsGoToStandardOutputAndNothingElseIsSaid() throws Exception {
    Outcome list = run("list", "backends").done();
    assertEquals("", list.err());
    assertTrue(list.out().contains("\n  djl "), list.out());
    Outcome scored =
        run("score", "--model", model, "--data", pairs, "--output", folder.resolve("s.jsonl"))
            .done();
    assertEquals("", scored.out());
    assertTrue(
        scored.err().matches("Scored 64 rows in \\d+\\.\\d\\d s, \\d+\\.\\d\\d rows/s\\.\\R"),
        "engines and libraries keep quiet: " + scored.err());
    assertEquals(64, Files.readAllLines(folder.resolve("s.jsonl")).size());
  }

  /** Two lines of its library can't be turned off; docs/engines.md tells them. */
  @Test
  void tensorFlowSaysNoMoreThanItMust() throws Exception {
    Path output = folder.resolve("tensorflow.jsonl");
    Outcome scored =
        run(
                "score",
                "--backend",
                "tensorflow",
                "--model",
                model,
                "--data",
                pairs,
                "--output",
                output)
            .done();
    List<String> more =
        scored
            .err()
            .lines()
            .filter(line -> !line.startsWith("Scored 64 rows"))
            .filter(line -> !line.startsWith("WARNING: All log messages before absl::"))
            .filter(line -> !line.endsWith("MLIR V1 optimization pass is not enabled"))
            .toList();
    assertEquals(List.of(), more);
  }

  @Test
  void problemsGoToStandardErrorWithTheirExitCode() throws Exception {
    run("train", "--learnign_rate", "1")
        .refused(2, "dpo4j: --learnign_rate: unknown option. Did you mean --learning_rate?");
    run("score", "--model", model, "--data", "gone.jsonl", "--output", "o")
        .refused(1, "dpo4j: gone.jsonl does not exist");
    String missing =
        run("score", "--model", folder, "--data", pairs, "--output", folder.resolve("o"))
            .refused(1, "config.json")
            .err();
    assertFalse(missing.contains("\tat "), "a stack trace: " + missing);
  }

  @Test
  void aFullHeapSaysWhatToSet() throws Exception {
    String row = Files.readString(pairs).lines().findFirst().orElseThrow() + "\n";
    Path many = Files.writeString(folder.resolve("many.jsonl"), row.repeat(60_000));
    Path output = folder.resolve("too-much");
    String said =
        runWith(
                List.of("-Xmx24m"),
                "train",
                "--model",
                model,
                "--data",
                many,
                "--output_dir",
                output)
            .refused(1, "dpo4j: out of Java memory (Java heap space): the heap's limit is")
            .err();
    assertTrue(said.contains("DPO4J_JAVA_OPTS=-Xmx2g"), said);
    assertFalse(said.contains("\tat "), "a stack trace: " + said);
    assertFalse(Files.exists(output.resolve("model.safetensors")));
  }

  private static Outcome trainWithin(String budget, String backend, Path output) throws Exception {
    List<Object> words = new ArrayList<>(List.of("train", "--model", model, "--data", pairs));
    words.addAll(List.of("--output_dir", output, "--backend", backend, "--memory_budget", budget));
    words.addAll(List.of("--num_train_epochs", "1"));
    return runWith(List.of("-Xmx128m"), words.toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"djl", "tensorflow"})
  void whatDoesNotFitIsRefusedAndTheBudgetThatTheRefusalNamesDoesTheWork(String backend)
      throws Exception {
    Path output = folder.resolve("budget-" + backend);
    Path weights = output.resolve("model.safetensors");
    Outcome refused = trainWithin("64MiB", backend, output);
    refused.refused(ExitCode.FAILED, "together more than the memory there is, 68 MB. It fits into");
    assertFalse(Files.exists(weights));
    Matcher named = Pattern.compile("--memory_budget (\\S+)\\.\\s").matcher(refused.err());
    assertTrue(named.find(), refused.err());
    Outcome trained = trainWithin(named.group(1), backend, output).done();
    assertTrue(trained.err().contains("Memory: up to "), trained.err());
    assertTrue(trained.err().contains("The largest micro-batch fits: "), trained.err());
    assertTrue(Files.exists(weights));
  }

  /** A signal lets the step end, leaves no half result, and ends as shells expect. */
  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals are POSIX's")
  void aSignalStopsTrainingBetweenSteps(String signal, int exitCode) throws Exception {
    Path output = folder.resolve("interrupted-" + signal);
    Path err = folder.resolve("err-" + signal);
    Process process =
        start(
            folder.resolve("out-" + signal),
            err,
            "train",
            "--model",
            model,
            "--data",
            pairs,
            "--output_dir",
            output,
            "--num_train_epochs",
            "100000",
            "--logging_steps",
            "1");
    try {
      waitFor(err, "step 2/", process);
      assumeFalse(
          ignores(process, signal), "shells start background jobs so that they ignore " + signal);
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "still running");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(exitCode, process.exitValue());
    String said = Files.readString(err);
    assertTrue(said.contains("No model was saved"), said);
    assertFalse(Files.exists(output.resolve("model.safetensors")));
    try (Stream<Path> files = Files.list(output)) {
      assertEquals(List.of(output.resolve("run")), files.toList());
    }
  }

  /** Whether a process was started so that a signal doesn't reach it; Linux tells. */
  private static boolean ignores(Process process, String signal) throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.isReadable(status)) return false;
    int number = signal.equals("INT") ? 2 : 15;
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .anyMatch(mask -> (mask >> (number - 1) & 1) == 1);
  }

  private static void waitFor(Path file, String words, Process process) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end && process.isAlive()) {
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        if (lines.lines().anyMatch(line -> line.startsWith(words))) return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("never said \"" + words + "\": " + Files.readString(file));
  }
}
