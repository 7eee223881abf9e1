package org.dpo4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.service.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FIELD O02: whether an existing directory means refuse or overwrite. */
class RunDirectoryTest {
  @TempDir private Path output;
  @TempDir private Path model;

  private void file(String name) throws IOException {
    Path path = output.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, name);
  }

  private void finishedRun() throws IOException {
    for (String name :
        new String[] {
          "config.json",
          "tokenizer.json",
          "README.md",
          "model.safetensors",
          "run/metrics.jsonl",
          "run/cache/reference-0.logprobs"
        }) {
      file(name);
    }
  }

  private String refusal(boolean overwrite) {
    return assertThrows(InputException.class, () -> RunDirectory.check(output, overwrite, model))
        .getMessage();
  }

  @Test
  void anEmptyAndAMissingDirectoryAreTaken() {
    RunDirectory.check(output, false, model);
    RunDirectory.check(output.resolve("missing"), false, model);
    assertFalse(Files.exists(output.resolve("missing")), "checking changes nothing");
  }

  @Test
  void aFinishedRunSaysSo() throws IOException {
    finishedRun();
    String message = refusal(false);
    assertTrue(message.contains("finished run"), message);
    assertTrue(message.contains("overwrite_output_dir"), message);
    assertEquals("model.safetensors", Files.readString(output.resolve("model.safetensors")));
  }

  @Test
  void aBrokenRunAsksToOverwrite() throws IOException {
    file("run/metrics.jsonl");
    String message = refusal(false);
    assertTrue(message.contains("did not finish"), message);
    assertTrue(message.contains("overwrite_output_dir"), message);
    RunDirectory.check(output, true, model);
  }

  @Test
  void aCacheAloneIsNoRun() throws IOException {
    file("run/cache/reference-0.logprobs");
    RunDirectory.check(output, false, model);
  }

  @Test
  void foreignFilesAreRefusedAndNamedEvenToOverwrite() throws IOException {
    finishedRun();
    file("thesis.tex");
    for (boolean overwrite : new boolean[] {false, true}) {
      String message = refusal(overwrite);
      assertTrue(message.contains("thesis.tex"), message);
      assertFalse(message.contains("config.json"), message);
    }
  }

  @Test
  void aModelThatNoRunWroteIsForeign() throws IOException {
    file("config.json");
    file("model.safetensors");
    assertTrue(refusal(true).contains("model.safetensors"));
  }

  /** Or overwriting would remove what is to be trained. */
  @Test
  void theModelsOwnDirectoryIsNeverTaken() throws IOException {
    finishedRun();
    String message =
        assertThrows(InputException.class, () -> RunDirectory.check(output, true, output))
            .getMessage();
    assertTrue(message.contains("model's own directory"), message);
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    file("a");
    String message =
        assertThrows(
                InputException.class, () -> RunDirectory.check(output.resolve("a"), true, model))
            .getMessage();
    assertTrue(message.contains("is a file"), message);
  }

  @Test
  void overwritingRemovesWhatTheRunWroteButItsCache() throws IOException {
    finishedRun();
    file("model-00001-of-00002.safetensors");
    file("additional_chat_templates/tool.jinja");
    RunDirectory.check(output, true, model).clear();
    try (Stream<Path> files = Files.walk(output)) {
      assertEquals(
          List.of("reference-0.logprobs"),
          files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList());
    }
  }
}
