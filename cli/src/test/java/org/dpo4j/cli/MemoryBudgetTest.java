package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dpo4j.testkit.ChildJvm;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code train --memory_budget}, on each training engine, in a process of its own. */
class MemoryBudgetTest {
  @TempDir static Path folder;
  private static Path model;
  private static Path pairs;

  @BeforeAll
  static void makeModel() throws IOException {
    model = TinyModel.init(folder);
    pairs =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            """
            {"prompt": "a b", "chosen": " c d", "rejected": " e"}
            {"prompt": "a b c", "chosen": " d", "rejected": " e f"}
            """);
  }

  private static ChildJvm.Ended train(String backend, String budget)
      throws IOException, InterruptedException {
    List<Object> words = List.of("train", "--model", model, "--data", pairs, "--backend", backend);
    List<Object> more = List.of("--output_dir", folder.resolve(backend), "--memory_budget", budget);
    String[] all =
        Stream.concat(words.stream(), more.stream()).map(String::valueOf).toArray(String[]::new);
    return ChildJvm.run(folder, List.of("-Xmx128m"), Main.class, all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"djl", "tensorflow"})
  void whatDoesNotFitIsRefusedAndWhatTheRefusalNamesDoesTheWork(String backend)
      throws IOException, InterruptedException {
    ChildJvm.Ended refused = train(backend, "64MiB");
    String told = refused.output();
    assertEquals(ExitCode.FAILED, refused.status(), told);
    assertTrue(told.contains("together more than the memory there is, 68 MB. It fits into"), told);
    Path weights = folder.resolve(backend).resolve("model.safetensors");
    assertFalse(Files.exists(weights));
    Matcher named = Pattern.compile("--memory_budget (\\S+)\\.\\s").matcher(told);
    assertTrue(named.find(), told);
    String trained = train(backend, named.group(1)).well();
    assertTrue(trained.contains("Memory: up to "), trained);
    assertTrue(trained.contains("The largest micro-batch fits: "), trained);
    assertTrue(Files.exists(weights));
  }
}
