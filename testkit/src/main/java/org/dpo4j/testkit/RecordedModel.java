package org.dpo4j.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.model.PretrainedModel;

/**
 * A small Llama with the numbers that transformers computed with it. Those that this artifact
 * brings were made by {@code src/test/python/record_models.py}; larger ones lie in the {@link
 * Shared} material.
 *
 * @param directory config.json, weights and expected.json
 */
public record RecordedModel(Path directory) {
  /** The models that this artifact brings: every rotation, sharing of tensors and storage. */
  public static final List<String> NAMES =
      List.of(
          "default-sharded", "linear-biases", "dynamic", "llama3-tied", "yarn", "yarn-all-keys");

  /** The models of the shared material. */
  public static final List<String> SHARED_NAMES =
      List.of("llama", "llama-tied-llama3", "llama-linear-bias", "llama-dynamic", "llama-yarn");

  private static final List<String> FILES =
      List.of(
          "config.json",
          "expected.json",
          "model.safetensors",
          "model.safetensors.index.json",
          "model-00001-of-00003.safetensors",
          "model-00002-of-00003.safetensors",
          "model-00003-of-00003.safetensors");

  /** Lays a model that this artifact brings down in a directory. */
  public static RecordedModel of(String name, Path target) {
    try {
      Files.createDirectories(target);
      for (String file : FILES) {
        try (InputStream in =
            RecordedModel.class.getResourceAsStream("models/" + name + "/" + file)) {
          if (in != null) Files.copy(in, target.resolve(file));
        }
      }
      return new RecordedModel(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A model of the shared material; ends the test without it. */
  public static RecordedModel shared(String name) {
    return new RecordedModel(Shared.path("golden/models/" + name));
  }

  /** The model itself. */
  public PretrainedModel open() {
    return PretrainedModel.open(directory);
  }

  /** What transformers computed with it. */
  public RecordedExamples expected() {
    try {
      return RecordedExamples.read(directory.resolve("expected.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
