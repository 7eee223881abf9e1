package org.dpo4j.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dpo4j.model.safetensors.SafetensorsFile;
import org.dpo4j.service.InputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which file of a model directory holds which tensor. Where there is an index, it alone decides:
 * every file and tensor that it names must be there, and files beside it are strays.
 */
final class CheckpointFiles {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  private static final Logger log = LoggerFactory.getLogger(CheckpointFiles.class);
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private CheckpointFiles() {}

  /**
   * The file of every tensor, by the tensor's name.
   *
   * @throws InputException where there is no checkpoint, a file or tensor is missing, or a file is
   *     damaged
   */
  static Map<String, SafetensorsFile> find(Path directory) {
    Path index = directory.resolve(INDEX);
    Path single = directory.resolve(SINGLE);
    if (Files.exists(index)) return indexed(directory, index);
    if (!Files.exists(single)) throw noCheckpoint(directory);
    strays(directory, List.of(SINGLE), SINGLE);
    SafetensorsFile file = SafetensorsFile.open(single);
    Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();
    for (String tensor : file.tensors().keySet()) fileOf.put(tensor, file);
    return fileOf;
  }

  private static Map<String, SafetensorsFile> indexed(Path directory, Path index) {
    Map<String, String> nameOf = weightMap(index);
    TreeSet<String> shards = new TreeSet<>(nameOf.values());
    List<String> missing =
        shards.stream().filter(s -> !Files.exists(directory.resolve(s))).toList();
    if (!missing.isEmpty()) {
      throw new InputException(
          "%s names %s, which %s not there. Copy or download the checkpoint again."
              .formatted(index, String.join(", ", missing), missing.size() == 1 ? "is" : "are"));
    }
    strays(directory, shards, INDEX);
    Map<String, SafetensorsFile> opened = new TreeMap<>();
    for (String shard : shards) opened.put(shard, SafetensorsFile.open(directory.resolve(shard)));
    Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();
    nameOf.forEach(
        (tensor, shard) -> {
          SafetensorsFile file = opened.get(shard);
          if (file == null || !file.tensors().containsKey(tensor)) {
            throw new InputException(
                "%s says that %s holds tensor %s, and it doesn't."
                    .formatted(index, directory.resolve(shard), tensor));
          }
          fileOf.put(tensor, file);
        });
    return fileOf;
  }

  private static Map<String, String> weightMap(Path index) {
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(index));
    } catch (JsonProcessingException e) {
      throw new InputException(index + " is not valid JSON: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new InputException(index + " cannot be read: " + e.getMessage(), e);
    }
    if (!(root.path("weight_map") instanceof ObjectNode map)) {
      throw new InputException(index + " has no object \"weight_map\".");
    }
    Map<String, String> nameOf = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String shard = entry.getValue().asText();
      if (!entry.getValue().isTextual() || !shard.matches("[^/\\\\:]+\\.safetensors")) {
        throw new InputException(
            "%s, \"weight_map\": tensor %s lies in %s. Expected a .safetensors file beside it."
                .formatted(index, entry.getKey(), entry.getValue()));
      }
      nameOf.put(entry.getKey(), shard);
    }
    return nameOf;
  }

  private static void strays(Path directory, Iterable<String> used, String because) {
    List<String> strays = new ArrayList<>(names(directory, ".safetensors"));
    used.forEach(strays::remove);
    if (!strays.isEmpty()) {
      log.warn("{}: {} decides, {} beside it is not read", directory, because, strays);
    }
  }

  private static InputException noCheckpoint(Path directory) {
    List<String> pickles = names(directory, ".bin");
    List<String> others = names(directory, ".safetensors");
    String advice;
    if (!others.isEmpty()) {
      advice = " There is " + String.join(", ", others) + " without an index.";
    } else if (!pickles.isEmpty()) {
      advice =
          " %s holds Python objects, which are not read: load the model with transformers and call save_pretrained(\"DIR\")."
              .formatted(String.join(", ", pickles));
    } else {
      advice = "";
    }
    return new InputException(
        "%s has no weights. Expected %s or %s.%s".formatted(directory, SINGLE, INDEX, advice));
  }

  private static List<String> names(Path directory, String ending) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> n.endsWith(ending))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException(directory + " cannot be read: " + e.getMessage(), e);
    }
  }
}
