package org.dpo4j.tokenizers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.testkit.Shared;
import org.dpo4j.tokenization.DroppedExample;
import org.dpo4j.tokenization.ExampleTokenizer;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.dpo4j.tokenization.TokenizedRow;
import org.dpo4j.tokenization.Tokenizer;
import org.dpo4j.tokenization.Tokenizers;
import org.dpo4j.tokenization.Truncation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids equal to those that transformers and TRL recorded. */
class RecordedTokensTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "stories260K-hf, data/models/stories260K-hf",
    "smollm2-135m-instruct, data/models/smollm2-135m-instruct",
    "qwen3, data/tokenizers/qwen3"
  })
  void strings(String name, String model) throws IOException {
    try (Tokenizer tokenizer = Tokenizers.open(Shared.path(model))) {
      JsonNode strings = read("golden/tokens/" + name + ".json.gz").get("strings");
      for (JsonNode string : strings) {
        String text = string.get("text").textValue();
        TokenIds plain = ids(string.get("without_special"));
        assertEquals(ids(string.get("ids")), tokenizer.encode(text, true), text);
        assertEquals(plain, tokenizer.encode(text, false), text);
        assertEquals(string.get("decoded").textValue(), tokenizer.decode(plain, false), text);
      }
      assertEquals(24, strings.size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "stories260K-hf, data/models/stories260K-hf",
    "smollm2-135m-instruct, data/models/smollm2-135m-instruct",
    "qwen3, data/tokenizers/qwen3"
  })
  void pairs(String name, String model) throws IOException {
    List<JsonNode> pairs =
        list(read("golden/tokens/" + name + ".json.gz").get("pairs")).stream()
            .filter(pair -> pair.at("/row/chosen").isTextual()) // chats come with a later version
            .toList();
    assertEquals(30, pairs.size());
    List<TokenizedRow> rows =
        tokenize(model, pairs.stream().map(pair -> pair.get("row")).toList(), null);
    for (int i = 0; i < rows.size(); i++) assertRow(pairs.get(i), rows.get(i));
  }

  /** The rows that TRL trained on, before it cut them. */
  @ParameterizedTest
  @ValueSource(strings = {"sigmoid-full", "keep-end", "sft"})
  void runs(String name) throws IOException {
    JsonNode run = read("golden/trl/" + name + ".json.gz");
    List<TokenizedRow> rows = tokenize("data/models/stories260K-hf", list(run.get("rows")), null);
    assertEquals(run.get("tokens").size(), rows.size());
    for (int i = 0; i < rows.size(); i++) assertRow(run.get("tokens").get(i), rows.get(i));
  }

  @Test
  void dropsTheRowsThatTrlDrops() throws IOException {
    JsonNode run = read("golden/trl/dropped.json.gz");
    List<TokenizedRow> rows =
        tokenize(
            "data/models/stories260K-hf",
            list(run.get("rows")),
            new Truncation(Truncation.Mode.KEEP_START, run.at("/options/max_length").intValue()));
    List<TokenizedRow> kept =
        rows.stream().filter(row -> !(row instanceof DroppedExample)).toList();
    assertEquals(32, rows.size());
    assertEquals(25, kept.size());
    for (int i = 0; i < kept.size(); i++) {
      TokenizedCompletion chosen = ((TokenizedExample) kept.get(i)).completions().get(0);
      JsonNode recorded = run.get("tokens").get(i);
      assertEquals(ids(recorded.get("prompt_ids")), chosen.prompt());
      TokenIds whole = ids(recorded.get("chosen_ids"));
      assertEquals(
          whole.slice(0, Math.min(whole.size(), 40 - chosen.prompt().size())), chosen.ids());
    }
  }

  /** FIELD D11: escapes and bytes of one text are the same ids. */
  @Test
  void escapedAndRawEmojiAreTheSameIds() throws IOException {
    String escaped =
        "{\"prompt\":\"Hi\",\"chosen\":\"ok \\ud83d\\ude00\",\"rejected\":\"\\u0000 👨\\u200d👩\"}";
    String raw = "{\"prompt\":\"Hi\",\"chosen\":\"ok 😀\",\"rejected\":\"\\u0000 👨‍👩\"}";
    Path model = Shared.path("data/models/smollm2-135m-instruct");
    Path file = Files.writeString(directory.resolve("pairs.jsonl"), escaped + "\n" + raw + "\n");
    List<TokenizedRow> rows = tokenize(model, file, null);
    assertEquals(
        ((TokenizedExample) rows.get(0)).completions(),
        ((TokenizedExample) rows.get(1)).completions());
  }

  private static void assertRow(JsonNode recorded, TokenizedRow row) {
    TokenizedExample example = assertInstanceOf(TokenizedExample.class, row);
    TokenIds prompt = ids(recorded.get("prompt_ids"));
    assertEquals(
        List.of(
            new TokenizedCompletion(prompt, ids(recorded.get("chosen_ids"))),
            new TokenizedCompletion(prompt, ids(recorded.get("rejected_ids")))),
        example.completions());
  }

  private List<TokenizedRow> tokenize(String model, List<JsonNode> rows, Truncation truncation)
      throws IOException {
    String lines = String.join("\n", rows.stream().map(JsonNode::toString).toList());
    Path file = Files.write(directory.resolve("rows.jsonl"), lines.getBytes(UTF_8));
    return tokenize(Shared.path(model), file, truncation);
  }

  private static List<TokenizedRow> tokenize(Path model, Path file, Truncation truncation) {
    try (ExampleTokenizer tokenizer =
            ExampleTokenizer.open(model, truncation, OptionalInt.empty());
        Stream<?> rows = PreferenceDataset.open(file).rows()) {
      return rows.map(row -> tokenizer.tokenize((PreferenceExample) row)).toList();
    }
  }

  private static JsonNode read(String file) throws IOException {
    try (InputStream in = Shared.open(file)) {
      return JSON.readTree(in);
    }
  }

  private static List<JsonNode> list(JsonNode array) {
    return IntStream.range(0, array.size()).mapToObj(array::get).toList();
  }

  private static TokenIds ids(JsonNode array) {
    return TokenIds.of(list(array).stream().mapToInt(JsonNode::intValue).toArray());
  }
}
