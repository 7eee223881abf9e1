package org.dpo4j.model;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.service.InputException;

/**
 * A model in a HuggingFace directory: config.json, weights in safetensors files, tokenizer files.
 * Nothing native, and no tensor in memory: weights are streamed when a session asks for them.
 */
public final class PretrainedModel {
  private final Path directory;
  private final ModelConfig config;
  private final CausalTransformer transformer;
  private final WeightSource weights;

  private PretrainedModel(
      Path directory, ModelConfig config, CausalTransformer transformer, WeightSource weights) {
    this.directory = directory;
    this.config = config;
    this.transformer = transformer;
    this.weights = weights;
  }

  /**
   * Opens a directory, reads its config and the headers of its weights.
   *
   * @throws InputException where a file is missing or damaged, the family of models is unknown, or
   *     weights and config don't belong together
   */
  public static PretrainedModel open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InputException(
          directory
              + " is no directory. Expected a HuggingFace model directory on this machine; nothing is downloaded.");
    }
    ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
    CausalTransformer transformer = Architectures.create(config);
    return new PretrainedModel(
        directory, config, transformer, CheckpointWeights.open(directory, transformer));
  }

  public Path directory() {
    return directory;
  }

  public ModelConfig config() {
    return config;
  }

  public CausalTransformer transformer() {
    return transformer;
  }

  /** The weights as the directory holds them, widened to float32. */
  public WeightSource weights() {
    return weights;
  }

  /** Tokenizer, chat templates, settings of generation: those that are there. */
  public CompanionFiles companions() {
    return CompanionFiles.in(directory);
  }

  /** Writes directories that differ from this one in their weights. */
  public ModelDirectoryWriter writer() {
    return new ModelDirectoryWriter(config, transformer, companions());
  }
}
