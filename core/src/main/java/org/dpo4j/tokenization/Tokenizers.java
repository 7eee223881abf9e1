package org.dpo4j.tokenization;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dpo4j.service.InputException;
import org.dpo4j.service.NamedServices;

/** Opens a model's own tokenizer with whichever {@link TokenizerFactory} reads its files. */
public final class Tokenizers {
  private Tokenizers() {}

  /** The libraries on the class path. */
  public static NamedServices<TokenizerFactory> available() {
    return NamedServices.of(
        TokenizerFactory.class,
        "tokenizer library",
        Map.of("huggingface", "org.dpo4j:dpo4j-tokenizers-huggingface"));
  }

  /**
   * Opens the tokenizer of a model.
   *
   * @param modelDirectory a HuggingFace directory; only its tokenizer files are read
   * @throws InputException where no tokenizer library is on the class path (names the artifact), or
   *     the directory holds no tokenizer that one could read
   */
  public static Tokenizer open(Path modelDirectory) {
    if (!Files.isDirectory(modelDirectory)) {
      throw new InputException(
          "%s is no directory, expected a model's directory with its tokenizer.json"
              .formatted(modelDirectory));
    }
    NamedServices<TokenizerFactory> services = available();
    List<TokenizerFactory> factories = services.all();
    for (TokenizerFactory factory : factories) {
      if (factory.canOpen(modelDirectory)) {
        return NamedServices.whole(factory, Tokenizer.class, factory.open(modelDirectory));
      }
    }
    if (factories.isEmpty()) return services.get("huggingface").open(modelDirectory);
    throw new InputException(
        "%s is missing: text needs the model's tokenizer (read here by: %s); rows of token ids don't"
            .formatted(
                modelDirectory.resolve("tokenizer.json"), String.join(", ", services.names())));
  }
}
