package org.dpo4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dpo4j.model.Architectures;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.ModelConfig;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.model.WeightSource;
import org.dpo4j.model.safetensors.FloatType;
import org.dpo4j.service.InputException;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.RecordedRun;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wherever weights lie, and in whatever type: the same numbers give the same scores. */
class OnnxWeightsTest {
  @TempDir Path directory;
  private Path model;
  private CausalTransformer transformer;
  private List<Parameter> parameters;
  private WeightSource weights;
  private double[] expected;

  @BeforeEach
  void model() {
    model = RecordedRun.model(directory.resolve("model"));
    transformer = PretrainedModel.open(model).transformer();
    parameters = transformer.parameters();
    weights = TestModels.weights(5);
    expected = StoredModel.score(transformer, weights);
  }

  private void write(Path file, List<Parameter> held) throws IOException {
    StoredModel.write(file, held, weights, FloatType.F32, 0);
  }

  @ParameterizedTest
  @CsvSource({"F32, 0", "F32, 1", "F32, 2", "F32, 3", "BF16, 0", "BF16, 1", "F16, 0", "F16, 1"})
  void everyTypeAndPlaceGivesTheScoresOfItsNumbers(FloatType type, int spaces) throws IOException {
    WeightSource exact = StoredModel.exact(weights, type);
    StoredModel.write(model.resolve("model.safetensors"), parameters, exact, type, spaces);
    for (Parameter p : parameters) {
      double[] numbers = TestModels.numbers(p, exact);
      assertArrayEquals(numbers, TestModels.numbers(p, PretrainedModel.open(model).weights()));
    }
    assertArrayEquals(StoredModel.score(transformer, exact), StoredModel.score(model));
  }

  /** A directory that can't be written to; its files are the same before and after. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void nothingIsWrittenBesideTheModel() throws IOException {
    write(model.resolve("model.safetensors"), parameters);
    Map<Path, Object> before = files();
    Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("r-xr-xr-x"));
    assertArrayEquals(expected, StoredModel.score(model));
    Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(before, files());
  }

  private Map<Path, Object> files() throws IOException {
    Map<Path, Object> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(model)) {
      for (Path f : all.toList()) files.put(f, Files.getLastModifiedTime(f));
    }
    return files;
  }

  /** As a hub's cache has it: {@code snapshots/x/model.safetensors -> ../../blobs/HASH}. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void linksOfAHubCacheAreFollowed() throws IOException {
    Path blobs = Files.createDirectory(directory.resolve("blobs"));
    Path snapshot = Files.createDirectories(directory.resolve("snapshots/0a1b"));
    Files.move(model.resolve("config.json"), blobs.resolve("c0"));
    write(blobs.resolve("5afe"), parameters);
    Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/c0"));
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/5afe"));
    assertArrayEquals(expected, StoredModel.score(snapshot));
  }

  private void index(int shards) throws IOException {
    List<String> map = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      map.add("\"%s\":\"%s\"".formatted(parameters.get(i).name(), shard(i % shards)));
    }
    Files.writeString(
        model.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{" + String.join(",", map) + "}}");
    Files.delete(model.resolve("model.safetensors"));
  }

  private static String shard(int i) {
    return "model-" + i + ".safetensors";
  }

  private List<Parameter> held(int shard, int shards) {
    List<Parameter> held = new ArrayList<>();
    for (int i = shard; i < parameters.size(); i += shards) held.add(parameters.get(i));
    return held;
  }

  @Test
  void shardsMayLieInOneFolder() throws IOException {
    index(3);
    for (int i = 0; i < 3; i++) write(model.resolve(shard(i)), held(i, 3));
    assertArrayEquals(expected, StoredModel.score(model));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void shardsMayBeLinksIntoSeveralFolders() throws IOException {
    index(3);
    for (int i = 0; i < 3; i++) {
      Path blob = Files.createDirectory(directory.resolve("blobs" + i)).resolve("same-name");
      write(blob, held(i, 3));
      Files.createSymbolicLink(model.resolve(shard(i)), blob);
    }
    assertArrayEquals(expected, StoredModel.score(model));
  }

  /** A source hands over as many rows at a time as it likes, from a buffer of its own. */
  @Test
  void weightsInMemoryComeInBlocksOfRows() {
    for (int rows : new int[] {1, 2, 7, 1000}) {
      WeightSource inBlocks =
          (p, blocks) -> {
            double[] all = TestModels.numbers(p, weights);
            FloatBuffer buffer = FloatBuffer.allocate(3 + Math.min(rows, p.rows()) * p.columns());
            for (int row = 0; row < p.rows(); row += rows) {
              buffer.clear().position(3);
              int end = Math.min(row + rows, p.rows()) * p.columns();
              for (int i = row * p.columns(); i < end; i++) buffer.put((float) all[i]);
              blocks.accept(row, buffer.limit(buffer.position()).position(3));
            }
          };
      assertArrayEquals(expected, StoredModel.score(transformer, inBlocks), rows + " at a time");
    }
  }

  /** An embedding table of 5 MB, read in pieces of 4 MB. */
  @Test
  void aTableBeyondABufferIsReadInBlocks() throws IOException {
    String config =
        """
        {"model_type": "llama", "vocab_size": 20001, "hidden_size": 64, "intermediate_size": 8,
         "num_hidden_layers": 1, "num_attention_heads": 4, "max_position_embeddings": 64,
         "tie_word_embeddings": true}
        """;
    Files.writeString(model.resolve("config.json"), config);
    CausalTransformer wide = Architectures.create(ModelConfig.parse(config, "a test"));
    StoredModel.write(
        model.resolve("model.safetensors"), wide.parameters(), weights, FloatType.F32, 0);
    WeightSource stored = PretrainedModel.open(model).weights();
    List<Integer> blocks = new ArrayList<>();
    WeightSource fromMemory =
        (p, to) ->
            stored.read(
                p,
                (row, values) -> {
                  blocks.add(row);
                  to.accept(row, values);
                });
    assertArrayEquals(StoredModel.score(model), StoredModel.score(wide, fromMemory));
    assertTrue(blocks.stream().anyMatch(row -> row > 0), "all in one piece");
  }

  @Test
  void moreThanTheRuntimeTakesFromMemoryIsNamed() {
    Parameter large = Parameter.matrix("model.embed_tokens.weight", 1 << 20, 1024);
    try (Initializers initializers = new Initializers(OnnxRuntime.environment(), weights)) {
      InputException e =
          assertThrows(InputException.class, () -> initializers.name(large, new GraphBuilder()));
      assertEquals(
          "the tensor model.embed_tokens.weight [1048576, 1024] takes 4294967296 bytes, more than"
              + " ONNX Runtime takes from memory; save the model and score it from its directory,"
              + " with all shards in one folder",
          e.getMessage());
    }
  }
}
