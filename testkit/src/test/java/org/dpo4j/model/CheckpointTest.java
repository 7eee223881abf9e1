package org.dpo4j.model;

import static org.dpo4j.model.ModelConfigTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.dpo4j.model.safetensors.FloatType;
import org.dpo4j.model.safetensors.SafetensorsFile;
import org.dpo4j.model.safetensors.SafetensorsWriter;
import org.dpo4j.service.InputException;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FIELD K01 and K03: tied weights, indexes, shards; what is missing, damaged or left over. */
class CheckpointTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "vocab_size": 9, "hidden_size": 4, "intermediate_size": 6,
       "num_hidden_layers": 1, "num_attention_heads": 2, "max_position_embeddings": 16,
       "tie_word_embeddings": %s}
      """;
  private static final Parameter EMBEDDING = Parameter.matrix("model.embed_tokens.weight", 9, 4);
  private static final Parameter HEAD = Parameter.matrix("lm_head.weight", 9, 4);
  private static final Parameter BUFFER =
      Parameter.vector("model.layers.0.self_attn.rotary_emb.inv_freq", 1);

  @TempDir Path directory;
  private List<Parameter> parameters;

  @BeforeEach
  void configure() throws IOException {
    configure(false);
  }

  private void configure(boolean tied) throws IOException {
    String json = CONFIG.formatted(tied);
    Files.writeString(directory.resolve("config.json"), json);
    parameters =
        new ArrayList<>(Architectures.create(ModelConfig.parse(json, "test")).parameters());
  }

  /** A tied head has the embedding's numbers. */
  private static final WeightSource NUMBERS =
      (p, blocks) -> TestModels.weights(3).read(p.equals(HEAD) ? EMBEDDING : p, blocks);

  private void write(String file, List<Parameter> held) throws IOException {
    write(file, held, NUMBERS);
  }

  private void write(String file, List<Parameter> held, WeightSource numbers) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(file),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      SafetensorsWriter.write(
          channel,
          held,
          FloatType.F32,
          (p, to) -> numbers.read(p, (row, values) -> to.accept(values)));
    }
  }

  private void assertHoldsTheNumbers() {
    PretrainedModel model = PretrainedModel.open(directory);
    for (Parameter p : model.transformer().parameters()) {
      assertArrayEquals(
          TestModels.numbers(p, NUMBERS), TestModels.numbers(p, model.weights()), p.name());
    }
  }

  private String problem() {
    return assertThrows(InputException.class, () -> PretrainedModel.open(directory)).getMessage();
  }

  private void index(String... tensorsAndFiles) throws IOException {
    StringBuilder map = new StringBuilder();
    for (int i = 0; i < tensorsAndFiles.length; i += 2) {
      if (i > 0) map.append(',');
      map.append('"')
          .append(tensorsAndFiles[i])
          .append("\":\"")
          .append(tensorsAndFiles[i + 1])
          .append('"');
    }
    Files.writeString(
        directory.resolve("model.safetensors.index.json"), "{\"weight_map\":{" + map + "}}");
  }

  /** Half of the parameters in each of two shards. */
  private void twoShards() throws IOException {
    List<String> map = new ArrayList<>();
    List<List<Parameter>> held = List.of(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < parameters.size(); i++) {
      held.get(i % 2).add(parameters.get(i));
      map.add(parameters.get(i).name());
      map.add("part" + i % 2 + ".safetensors");
    }
    write("part0.safetensors", held.get(0));
    write("part1.safetensors", held.get(1));
    index(map.toArray(new String[0]));
  }

  @Test
  void tiedWeightsAreReadUnderEitherName() throws IOException {
    configure(true);
    write("model.safetensors", parameters);
    assertHoldsTheNumbers();
    parameters.add(HEAD);
    write("model.safetensors", parameters);
    assertHoldsTheNumbers();
    parameters.remove(EMBEDDING);
    write("model.safetensors", parameters);
    assertHoldsTheNumbers();
  }

  @Test
  void tiedWeightsThatDifferAreRefused() throws IOException {
    configure(true);
    parameters.add(HEAD);
    write("model.safetensors", parameters, TestModels.weights(3));
    assertEquals(
        directory.resolve("model.safetensors")
            + ": tensors model.embed_tokens.weight and lm_head.weight differ, and config.json ties"
            + " them (tie_word_embeddings). Set that to false, or delete one of them.",
        problem());
  }

  @Test
  void missingAndUselessTensorsAreNamed() throws IOException {
    parameters.remove(EMBEDDING);
    parameters.remove(HEAD);
    parameters.add(Parameter.vector("model.layers.1.input_layernorm.weight", 4));
    parameters.add(BUFFER);
    write("model.safetensors", parameters);
    assertEquals(
        "The tensors of "
            + directory
            + " are not those of its config.json. Missing: model.embed_tokens.weight [9, 4],"
            + " lm_head.weight [9, 4]. Of no use: model.layers.1.input_layernorm.weight.",
        problem());
  }

  @Test
  void buffersThatAreMadeAnewAreIgnored() throws IOException {
    parameters.add(BUFFER);
    write("model.safetensors", parameters);
    assertHoldsTheNumbers();
  }

  @Test
  void aWrongShapeIsNamedWithTheRightOne() throws IOException {
    parameters.replaceAll(
        p -> p.name().endsWith("up_proj.weight") ? Parameter.matrix(p.name(), 4, 6) : p);
    write("model.safetensors", parameters);
    assertEquals(
        directory.resolve("model.safetensors")
            + ", tensor model.layers.0.mlp.up_proj.weight has the shape [4, 6]. Expected [6, 4] by"
            + " config.json.",
        problem());
  }

  @Test
  void aTypeThatWeightsDoNotHaveIsNamedWhenTheModelIsOpened() throws IOException {
    write("model.safetensors", parameters);
    Path file = directory.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    String changed = all.replaceFirst("\"dtype\":\"F32\"", "\"dtype\":\"I32\"");
    Files.write(file, changed.getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        file + ", tensor lm_head.weight is stored as I32. Expected F32, F16 or BF16.", problem());
  }

  @Test
  void theIndexDecides() throws IOException {
    twoShards();
    assertHoldsTheNumbers();
    // a stale single file, with other numbers and shapes
    write("model.safetensors", List.of(Parameter.vector("model.norm.weight", 77)));
    assertHoldsTheNumbers();
  }

  @Test
  void missingAndTruncatedShardsAreNamed() throws IOException {
    twoShards();
    Path shard = directory.resolve("part1.safetensors");
    byte[] whole = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(whole, whole.length - 100));
    assertTrue(problem().startsWith(shard + " is no whole safetensors file: tensor "), problem());
    Files.delete(shard);
    assertEquals(
        directory.resolve("model.safetensors.index.json")
            + " names part1.safetensors, which is not there. Copy or download the checkpoint again.",
        problem());
  }

  @Test
  void anIndexThatNamesWhatAShardDoesNotHoldIsRefused() throws IOException {
    write("a.safetensors", parameters);
    index("ghost", "a.safetensors");
    assertEquals(
        "%s says that %s holds tensor ghost, and it doesn't."
            .formatted(
                directory.resolve("model.safetensors.index.json"),
                directory.resolve("a.safetensors")),
        problem());
  }

  @Test
  void anIndexMayNotPointElsewhere() throws IOException {
    for (String file : List.of("../a.safetensors", "/a.safetensors", "a.bin")) {
      index("t", file);
      assertTrue(problem().contains("\"weight_map\": tensor t lies in \"" + file), problem());
    }
    Files.writeString(directory.resolve("model.safetensors.index.json"), "{}");
    assertTrue(problem().endsWith("has no object \"weight_map\"."), problem());
    Files.writeString(directory.resolve("model.safetensors.index.json"), "{");
    assertTrue(problem().contains("is not valid JSON"), problem());
  }

  @Test
  void linksOfAHubCacheAreFollowed(@TempDir Path blobs) throws IOException {
    write("model.safetensors", parameters);
    Path blob = blobs.resolve("0123abcd");
    Files.move(directory.resolve("model.safetensors"), blob);
    Files.createSymbolicLink(directory.resolve("model.safetensors"), blob);
    assertHoldsTheNumbers();
  }

  @Test
  void aDirectoryWithoutWeightsSaysWhatItHas() throws IOException {
    assertEquals(
        directory + " has no weights. Expected model.safetensors or model.safetensors.index.json.",
        problem());
    Files.createFile(directory.resolve("pytorch_model.bin"));
    assertTrue(problem().contains("pytorch_model.bin holds Python objects"), problem());
    Files.createFile(directory.resolve("weights.safetensors"));
    assertTrue(problem().contains("There is weights.safetensors without an index."), problem());
  }

  @Test
  void whatIsNoModelDirectoryIsNamed() throws IOException {
    Path absent = directory.resolve("org").resolve("model");
    assertRefused(
        absent
            + " is no directory. Expected a HuggingFace model directory on this machine; nothing is"
            + " downloaded.",
        () -> PretrainedModel.open(absent));
    Files.delete(directory.resolve("config.json"));
    assertTrue(problem().contains("config.json is missing"), problem());
  }

  @Test
  void aTiedModelIsSavedWithOneCopy(@TempDir Path out) throws IOException {
    configure(true);
    parameters.add(HEAD);
    write("model.safetensors", parameters);
    PretrainedModel model = PretrainedModel.open(directory);
    model
        .writer()
        .write(
            out,
            model.weights(),
            WeightFormat.FLOAT32,
            new ModelCard("t", null, List.of(), "", Map.of()));
    SafetensorsFile saved = SafetensorsFile.open(out.resolve("model.safetensors"));
    assertTrue(saved.tensors().containsKey(EMBEDDING.name()));
    assertFalse(saved.tensors().containsKey(HEAD.name()));
  }
}
