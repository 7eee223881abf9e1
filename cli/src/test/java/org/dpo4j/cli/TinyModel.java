package org.dpo4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Llama of a few thousand parameters over a vocabulary of sixteen words, made by {@code init}.
 */
final class TinyModel {
  private static final String CONFIG =
      """
      {"model_type": "llama", "vocab_size": 16, "hidden_size": 16, "intermediate_size": 32,
       "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
       "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
       "tie_word_embeddings": true, "initializer_range": 0.3, "hidden_act": "silu"}
      """;

  private static final String WORDS =
      "<unk> <end> a b c d e f g h i j k l m n"; // ids 0 to 15, in this order

  private TinyModel() {}

  /** Writes config.json and tokenizer files into a folder. */
  static void writeIngredients(Path folder) throws IOException {
    StringBuilder vocabulary = new StringBuilder();
    String[] words = WORDS.split(" ", -1);
    for (int id = 0; id < words.length; id++) {
      vocabulary.append(id == 0 ? "" : ", ").append('"' + words[id] + "\": " + id);
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), CONFIG);
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
         "added_tokens": [{"id": 1, "content": "<end>", "single_word": false, "lstrip": false,
                           "rstrip": false, "normalized": false, "special": true}],
         "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
         "model": {"type": "WordLevel", "vocab": {%s}, "unk_token": "<unk>"}}
        """
            .formatted(vocabulary));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"PreTrainedTokenizerFast\", \"eos_token\": \"<end>\"}");
  }

  /** A model in {@code folder/model}, made by the command. */
  static Path init(Path folder) throws IOException {
    return init(folder, folder.resolve("model"), 42);
  }

  /** Another one, in {@code folder/model-SEED}. */
  static Path init(Path folder, long seed) throws IOException {
    return init(folder, folder.resolve("model-" + seed), seed);
  }

  private static Path init(Path folder, Path model, long seed) throws IOException {
    Path ingredients = folder.resolve("ingredients");
    writeIngredients(ingredients);
    Outcome.of(
            "init",
            "--config",
            ingredients.resolve("config.json"),
            "--tokenizer",
            ingredients,
            "--seed",
            seed,
            "--output_dir",
            model)
        .done();
    return model;
  }
}
