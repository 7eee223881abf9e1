package org.dpo4j.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.dpo4j.model.safetensors.FloatType;
import org.dpo4j.model.safetensors.SafetensorsFile;
import org.dpo4j.model.safetensors.TensorEntry;
import org.dpo4j.service.InputException;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * A transformer's weights in a HuggingFace directory. When it is opened, every parameter has been
 * found with its shape, and every tensor of the checkpoint has a use.
 */
final class CheckpointWeights implements StoredWeights {
  private final Path directory;
  private final Map<Parameter, Stored> stored = new LinkedHashMap<>();

  /** Where a parameter lies. */
  private record Stored(SafetensorsFile file, TensorEntry entry, FloatType type) {}

  private CheckpointWeights(Path directory) {
    this.directory = directory;
  }

  /**
   * Finds all; reads headers only.
   *
   * @throws InputException where a tensor is missing, of another shape or of no use: names it
   */
  static CheckpointWeights open(Path directory, CausalTransformer transformer) {
    CheckpointWeights weights = new CheckpointWeights(directory);
    Map<String, SafetensorsFile> fileOf = CheckpointFiles.find(directory);
    Set<String> unread = new TreeSet<>(fileOf.keySet());
    List<String> missing = new ArrayList<>();
    for (Parameter p : transformer.parameters()) {
      String name = storedName(p, transformer.copies(), fileOf.keySet());
      if (name == null) {
        missing.add(p.name() + " " + p.shape());
      } else {
        unread.remove(name);
        weights.stored.put(p, stored(name, p, fileOf));
      }
    }
    unread.removeIf(transformer::isBuffer);
    unread.removeIf(name -> weights.isCopy(name, transformer.copies(), fileOf));
    if (!missing.isEmpty() || !unread.isEmpty()) {
      throw new InputException(
          "The tensors of "
              + directory
              + " are not those of its config.json."
              + sentence(" Missing: ", missing)
              + sentence(" Of no use: ", unread));
    }
    return weights;
  }

  private static String sentence(String start, Collection<String> names) {
    return names.isEmpty() ? "" : start + String.join(", ", names) + ".";
  }

  private static @Nullable String storedName(
      Parameter p, Map<String, Parameter> copies, Set<String> names) {
    if (names.contains(p.name())) return p.name();
    for (Map.Entry<String, Parameter> copy : copies.entrySet()) {
      if (copy.getValue().equals(p) && names.contains(copy.getKey())) return copy.getKey();
    }
    return null;
  }

  private static Stored stored(String name, Parameter p, Map<String, SafetensorsFile> fileOf) {
    SafetensorsFile file = Objects.requireNonNull(fileOf.get(name));
    TensorEntry entry = Objects.requireNonNull(file.tensors().get(name));
    List<Long> shape =
        p.vector() ? List.of((long) p.columns()) : List.of((long) p.rows(), (long) p.columns());
    if (!entry.shape().equals(shape)) {
      throw new InputException(
          "%s, tensor %s has the shape %s. Expected %s by config.json."
              .formatted(file.path(), name, entry.shape(), shape));
    }
    return new Stored(file, entry, file.type(entry));
  }

  /** Whether a tensor repeats a parameter that is stored under its own name too. */
  private boolean isCopy(
      String name, Map<String, Parameter> copies, Map<String, SafetensorsFile> fileOf) {
    Parameter original = copies.get(name);
    Stored kept = original == null ? null : stored.get(original);
    if (original == null || kept == null) return false;
    Stored copy = stored(name, original, fileOf);
    if (!kept.file.sameNumbers(kept.entry, copy.file, copy.entry)) {
      throw new InputException(
          "%s: tensors %s and %s differ, and config.json ties them (tie_word_embeddings). Set that to false, or delete one of them."
              .formatted(copy.file.path(), original.name(), name));
    }
    return true;
  }

  private Stored place(Parameter parameter) {
    Stored place = stored.get(parameter);
    if (place == null) {
      throw new IllegalArgumentException("the model of " + directory + " has no " + parameter);
    }
    return place;
  }

  @Override
  public Location locate(Parameter parameter) {
    Stored place = place(parameter);
    TensorEntry entry = place.entry;
    try {
      return new Location(
          place.file.path().toRealPath(), entry.offset(), entry.bytes(), place.type);
    } catch (IOException e) {
      throw new InputException(place.file.path() + " cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void checkUnchanged() {
    stored.values().stream().map(Stored::file).distinct().forEach(SafetensorsFile::checkUnchanged);
  }

  @Override
  public void read(Parameter parameter, RowBlocks blocks) {
    Stored place = place(parameter);
    place.file.read(place.entry, parameter.rows(), parameter.columns(), blocks::accept);
  }
}
