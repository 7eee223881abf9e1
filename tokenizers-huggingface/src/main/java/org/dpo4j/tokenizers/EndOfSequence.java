package org.dpo4j.tokenizers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.dpo4j.service.InputException;
import org.jspecify.annotations.Nullable;

/** Finds the end-of-sequence token in the files beside {@code tokenizer.json}. */
final class EndOfSequence {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EndOfSequence() {}

  /**
   * The token's text as {@code tokenizer_config.json} names it, or the older {@code
   * special_tokens_map.json}; else by its id, as {@code generation_config.json} or {@code
   * config.json} name it (of several the first); null where no file names one.
   *
   * @param decode gives an id's text
   */
  static @Nullable String find(Path modelDirectory, IntFunction<String> decode) {
    for (String name : List.of("tokenizer_config.json", "special_tokens_map.json")) {
      Path file = modelDirectory.resolve(name);
      JsonNode token = read(file).path("eos_token");
      JsonNode text = token.isObject() ? token.path("content") : token;
      if (text.isTextual() && !text.textValue().isEmpty()) return text.textValue();
      if (!text.isMissingNode() && !text.isNull()) {
        throw new InputException(
            "%s, field \"eos_token\": is %s, expected a token's text, or an object whose content it is"
                .formatted(file, token));
      }
    }
    for (String name : List.of("generation_config.json", "config.json")) {
      Path file = modelDirectory.resolve(name);
      JsonNode field = read(file).path("eos_token_id");
      JsonNode id = field.isArray() ? field.path(0) : field;
      if (id.isInt() && id.intValue() >= 0) return decode.apply(id.intValue());
      if (!id.isMissingNode() && !id.isNull()) {
        throw new InputException(
            "%s, field \"eos_token_id\": is %s, expected a token id, or a list of them"
                .formatted(file, field));
      }
    }
    return null;
  }

  private static JsonNode read(Path file) {
    if (Files.notExists(file)) return JSON.missingNode();
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }
}
