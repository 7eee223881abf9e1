package org.dpo4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dpo4j.model.safetensors.SafetensorsFile;
import org.dpo4j.service.InputException;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDirectoryWriterTest {
  private static final ModelConfig CONFIG =
      ModelConfig.parse(
          """
          {"model_type": "llama", "vocab_size": 9, "hidden_size": 4, "intermediate_size": 6,
           "num_hidden_layers": 1, "num_attention_heads": 2, "max_position_embeddings": 16,
           "torch_dtype": "bfloat16", "my_own": [1, {"key": null}]}
          """,
          "test");
  private static final CausalTransformer MODEL = Architectures.create(CONFIG);
  private static final WeightSource WEIGHTS = TestModels.weights(1);
  private static final ModelCard CARD =
      new ModelCard(
          "A model", "base: \"x\"", List.of("dpo"), "Made in a test.", Map.of("seed", "3"));

  @TempDir Path source;
  @TempDir Path out;

  private void write(WeightFormat format, long shardBytes) {
    new ModelDirectoryWriter(CONFIG, MODEL, CompanionFiles.in(source), shardBytes)
        .write(out, WEIGHTS, format, CARD);
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      TreeSet<String> names = new TreeSet<>();
      files.forEach(f -> names.add(f.getFileName().toString()));
      return names;
    }
  }

  private void assertHoldsTheWeights() {
    PretrainedModel back = PretrainedModel.open(out);
    for (Parameter p : MODEL.parameters()) {
      assertArrayEquals(
          TestModels.numbers(p, WEIGHTS), TestModels.numbers(p, back.weights()), p.name());
    }
  }

  @Test
  void keepsTheConfigAndSaysTheTypeThatIsWritten() throws IOException {
    write(WeightFormat.FLOAT32, Long.MAX_VALUE);
    String json = Files.readString(out.resolve("config.json"));
    ModelConfig back = ModelConfig.parse(json, "back");
    assertEquals("float32", back.text("torch_dtype"));
    assertTrue(json.contains("\"my_own\" : [ 1, {\n    \"key\" : null\n  } ]"), json);
    assertTrue(
        back.sameValues(
            ModelConfig.parse(CONFIG.json().put("torch_dtype", "float32").toString(), "")));
    assertHoldsTheWeights();
  }

  @Test
  void writesBfloat16() {
    write(WeightFormat.BFLOAT16, Long.MAX_VALUE);
    PretrainedModel back = PretrainedModel.open(out);
    assertEquals("bfloat16", back.config().text("torch_dtype"));
    for (Parameter p : MODEL.parameters()) {
      double[] exact = TestModels.numbers(p, WEIGHTS);
      double[] rounded = TestModels.numbers(p, back.weights());
      // 8 bits of precision: half a unit in the last place
      for (int i = 0; i < exact.length; i++) {
        assertEquals(exact[i], rounded[i], Math.abs(exact[i]) * 0x1p-8, p.name());
      }
    }
  }

  @Test
  void copiesTokenizerTemplatesAndGenerationSettings() throws IOException {
    Files.writeString(source.resolve("tokenizer.json"), "{\"version\": \"1.0\"}");
    Files.writeString(source.resolve("generation_config.json"), "{}");
    Files.writeString(source.resolve("chat_template.jinja"), "{{ x }}");
    Files.writeString(source.resolve("pytorch_model.bin"), "no");
    Files.createDirectory(source.resolve("additional_chat_templates"));
    Files.writeString(source.resolve("additional_chat_templates").resolve("rag.jinja"), "{{ y }}");
    write(WeightFormat.FLOAT32, Long.MAX_VALUE);
    assertEquals(
        new TreeSet<>(
            List.of(
                "README.md",
                "additional_chat_templates",
                "chat_template.jinja",
                "config.json",
                "generation_config.json",
                "model.safetensors",
                "tokenizer.json")),
        files());
    assertEquals("{\"version\": \"1.0\"}", Files.readString(out.resolve("tokenizer.json")));
    assertEquals("{{ y }}", Files.readString(out.resolve("additional_chat_templates/rag.jinja")));
  }

  @Test
  void theCardTellsWhereTheModelComesFrom() throws IOException {
    write(WeightFormat.FLOAT32, Long.MAX_VALUE);
    assertEquals(
        """
        ---
        library_name: transformers
        base_model: "base: \\"x\\""
        tags:
        - dpo4j
        - "dpo"
        ---

        # A model

        Made in a test.

        - seed: 3
        """,
        Files.readString(out.resolve("README.md")));
  }

  @Test
  void manyBytesAreWrittenInSeveralFiles() throws IOException {
    write(WeightFormat.FLOAT32, 300);
    Set<String> files = files();
    assertTrue(files.contains("model-00001-of-00004.safetensors"), files.toString());
    assertTrue(files.contains("model.safetensors.index.json"), files.toString());
    String index = Files.readString(out.resolve("model.safetensors.index.json"));
    long numbers = MODEL.parameters().stream().mapToLong(Parameter::size).sum();
    assertTrue(index.contains("\"total_size\" : " + 4 * numbers), index);
    for (String name : files) {
      if (!name.endsWith(".safetensors")) continue;
      long bytes =
          SafetensorsFile.open(out.resolve(name)).tensors().values().stream()
              .mapToLong(t -> t.bytes())
              .sum();
      assertTrue(bytes <= 300, name + " " + bytes);
    }
    assertHoldsTheWeights();
  }

  @Test
  void noOldWeightsStayInAUsedFolder() throws IOException {
    write(WeightFormat.FLOAT32, 300);
    Files.writeString(out.resolve("notes.txt"), "mine");
    write(WeightFormat.FLOAT32, Long.MAX_VALUE);
    assertEquals(
        new TreeSet<>(List.of("README.md", "config.json", "model.safetensors", "notes.txt")),
        files());
    assertHoldsTheWeights();
    write(WeightFormat.FLOAT32, 300);
    assertFalse(files().contains("model.safetensors"));
    assertHoldsTheWeights();
  }

  @Test
  void aFailureLeavesTheOldWeightsAndNoTemporaryFile() throws IOException {
    write(WeightFormat.FLOAT32, Long.MAX_VALUE);
    Set<String> before = files();
    WeightSource broken =
        (p, blocks) -> {
          if (p.name().startsWith("model.norm")) throw new InputException("broken");
          WEIGHTS.read(p, blocks);
        };
    ModelDirectoryWriter writer =
        new ModelDirectoryWriter(CONFIG, MODEL, CompanionFiles.in(source), 300);
    assertThrows(InputException.class, () -> writer.write(out, broken, WeightFormat.FLOAT32, CARD));
    assertEquals(before, files());
    assertHoldsTheWeights();
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Path file = Files.createFile(out.resolve("file"));
    ModelDirectoryWriter writer =
        new ModelDirectoryWriter(CONFIG, MODEL, CompanionFiles.in(source));
    InputException e =
        assertThrows(
            InputException.class, () -> writer.write(file, WEIGHTS, WeightFormat.FLOAT32, CARD));
    assertTrue(e.getMessage().startsWith(file + " cannot be made"), e.getMessage());
  }
}
