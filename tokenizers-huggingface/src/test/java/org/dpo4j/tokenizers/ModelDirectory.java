package org.dpo4j.tokenizers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small tokenizers that tests write; {@code </s>} ends, {@code <s>} begins. */
final class ModelDirectory {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelDirectory() {}

  /** Words between white space; a start token goes before every text. Ids: 0 to 6. */
  static ObjectNode words() {
    ObjectNode root = root();
    ObjectNode model = root.putObject("model").put("type", "WordLevel").put("unk_token", "<unk>");
    ObjectNode vocabulary = model.putObject("vocab");
    List.of("<unk>", "<s>", "</s>", "a", "b", "c", "word")
        .forEach(word -> vocabulary.put(word, vocabulary.size()));
    special(root, "<unk>", 0);
    special(root, "<s>", 1);
    special(root, "</s>", 2);
    root.putObject("pre_tokenizer").put("type", "WhitespaceSplit");
    ObjectNode start = root.putObject("post_processor").put("type", "TemplateProcessing");
    start.putArray("single").addPOJO(piece("SpecialToken", "<s>")).addPOJO(piece("Sequence", "A"));
    start.putArray("pair");
    ObjectNode token = start.putObject("special_tokens").putObject("<s>").put("id", "<s>");
    token.putArray("ids").add(1);
    token.putArray("tokens").add("<s>");
    return root;
  }

  /** Bytes, as GPT-2 writes them: id = byte, and 256 for the end of sequence. */
  static ObjectNode bytes() {
    ObjectNode root = root();
    ObjectNode model = root.putObject("model").put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    int unprintable = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > 32 && b < 127) || (b > 160 && b != 173);
      vocabulary.put(Character.toString(printable ? b : unprintable++), b);
    }
    model.putArray("merges");
    special(root, "</s>", 256);
    for (String step : List.of("pre_tokenizer", "decoder")) {
      root.putObject(step)
          .put("type", "ByteLevel")
          .put("add_prefix_space", false)
          .put("trim_offsets", true)
          .put("use_regex", true);
    }
    return root;
  }

  private static ObjectNode root() {
    ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    root.putArray("added_tokens");
    root.putNull("normalizer");
    root.putNull("post_processor");
    root.putNull("decoder");
    return root;
  }

  private static void special(ObjectNode root, String text, int id) {
    root.withArray("added_tokens")
        .addObject()
        .put("id", id)
        .put("content", text)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static ObjectNode piece(String kind, String id) {
    ObjectNode piece = JSON.createObjectNode();
    piece.putObject(kind).put("id", id).put("type_id", 0);
    return piece;
  }

  /** Writes tokenizer.json, and tokenizer_config.json with the end of sequence. */
  static Path write(Path directory, ObjectNode tokenizer) throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), JSON.writeValueAsString(tokenizer));
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"eos_token\": \"</s>\"}");
    return directory;
  }
}
