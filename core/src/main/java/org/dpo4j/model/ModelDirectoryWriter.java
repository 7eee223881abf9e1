package org.dpo4j.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dpo4j.model.StagedFile.Content;
import org.dpo4j.model.safetensors.FloatType;
import org.dpo4j.model.safetensors.SafetensorsWriter;
import org.dpo4j.service.InputException;
import org.dpo4j.tensor.Parameter;

/**
 * Writes a HuggingFace directory: config.json, weights, companion files, README.md. Each file
 * appears whole or not at all, the weights last and all at once; weights that were there before go.
 */
public final class ModelDirectoryWriter {
  /** Weights of more bytes are written in several files, as transformers 4 does. */
  public static final long SHARD_BYTES = 5_000_000_000L;

  private static final Pattern WEIGHTS =
      Pattern.compile("model(-\\d{5}-of-\\d{5})?\\.safetensors(\\.index\\.json)?");

  private static final String CONFIG = "config.json";
  private static final String CARD = "README.md";

  private final ModelConfig config;
  private final CausalTransformer transformer;
  private final CompanionFiles companions;
  private final long shardBytes;

  ModelDirectoryWriter(
      ModelConfig config,
      CausalTransformer transformer,
      CompanionFiles companions,
      long shardBytes) {
    this.config = config;
    this.transformer = transformer;
    this.companions = companions;
    this.shardBytes = shardBytes;
  }

  /**
   * A writer.
   *
   * @param companions copied as they are
   */
  public ModelDirectoryWriter(
      ModelConfig config, CausalTransformer transformer, CompanionFiles companions) {
    this(config, transformer, companions, SHARD_BYTES);
  }

  /** Whether a file of that name, in a directory of models, can be one that a writer wrote. */
  public static boolean writes(String name) {
    return name.equals(CONFIG)
        || name.equals(CARD)
        || WEIGHTS.matcher(name).matches()
        || CompanionFiles.isCompanion(name)
        || StagedFile.isTemporary(name);
  }

  /** Whether a writer came to its end there: the weights appear last. */
  public static boolean isWhole(Path directory) {
    return Files.exists(directory.resolve(CheckpointFiles.SINGLE))
        || Files.exists(directory.resolve(CheckpointFiles.INDEX));
  }

  /**
   * Writes the directory, which is made where it isn't there.
   *
   * @throws InputException where it can't be written
   */
  public void write(Path directory, WeightSource weights, WeightFormat format, ModelCard card) {
    FloatType type = format.type();
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new InputException(directory + " cannot be made: " + e, e);
    }
    companions.copyTo(directory);
    StagedFile.publish(directory.resolve(CONFIG), Content.text(configJson(type)));
    StagedFile.publish(directory.resolve(CARD), Content.text(card.markdown()));
    List<StagedFile> staged = new ArrayList<>();
    try {
      Set<String> names = stage(directory, weights, type, staged);
      removeOtherWeights(directory, names);
      for (StagedFile file : staged) file.publish();
    } finally {
      for (StagedFile file : staged) file.close();
    }
  }

  private String configJson(FloatType type) {
    ObjectNode json = config.json();
    json.put(json.has("torch_dtype") ? "torch_dtype" : "dtype", type.torchName());
    return json.toPrettyString() + "\n";
  }

  private Set<String> stage(
      Path directory, WeightSource weights, FloatType type, List<StagedFile> staged) {
    List<List<Parameter>> shards = shards(type);
    ObjectNode index = new ObjectMapper().createObjectNode();
    long total = transformer.parameters().stream().mapToLong(Parameter::size).sum();
    index.putObject("metadata").put("total_size", total * type.bytes());
    ObjectNode weightMap = index.putObject("weight_map");
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < shards.size(); i++) {
      List<Parameter> shard = shards.get(i);
      String name =
          shards.size() == 1
              ? CheckpointFiles.SINGLE
              : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
      names.add(name);
      for (Parameter p : shard) weightMap.put(p.name(), name);
      staged.add(
          StagedFile.write(
              directory.resolve(name),
              channel ->
                  SafetensorsWriter.write(
                      channel,
                      shard,
                      type,
                      (p, numbers) -> weights.read(p, (row, values) -> numbers.accept(values)))));
    }
    if (shards.size() > 1) {
      names.add(CheckpointFiles.INDEX);
      staged.add(
          StagedFile.write(
              directory.resolve(CheckpointFiles.INDEX),
              Content.text(index.toPrettyString() + "\n")));
    }
    return names;
  }

  /** As many parameters, in their order, as fit each file. */
  private List<List<Parameter>> shards(FloatType type) {
    List<List<Parameter>> shards = new ArrayList<>();
    long bytes = 0;
    for (Parameter p : transformer.parameters()) {
      long more = p.size() * type.bytes();
      if (shards.isEmpty() || bytes + more > shardBytes) {
        shards.add(new ArrayList<>());
        bytes = 0;
      }
      shards.get(shards.size() - 1).add(p);
      bytes += more;
    }
    return shards;
  }

  /** An old index goes in any case: it must never name a mixture of old files and new ones. */
  private static void removeOtherWeights(Path directory, Set<String> kept) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        boolean replaced = kept.contains(name) && !name.equals(CheckpointFiles.INDEX);
        if (WEIGHTS.matcher(name).matches() && !replaced) Files.delete(file);
      }
    } catch (IOException e) {
      throw new InputException("Old weights in " + directory + " cannot be removed: " + e, e);
    }
  }
}
