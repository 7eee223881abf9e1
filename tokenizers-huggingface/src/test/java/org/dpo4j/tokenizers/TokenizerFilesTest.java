package org.dpo4j.tokenizers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.OptionalInt;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.Prompt;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.ExampleTokenizer;
import org.dpo4j.tokenization.TokenizedExample;
import org.dpo4j.tokenization.Tokenizer;
import org.dpo4j.tokenization.Tokenizers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the files of a model's directory say, and what comes of damaged ones. */
class TokenizerFilesTest {
  @TempDir Path directory;

  @BeforeEach
  void write() throws IOException {
    ModelDirectory.write(directory, ModelDirectory.words());
  }

  /** FIELD J06: 5,000 words are 5,001 tokens with the start, and 1 word is 2, whatever it asks. */
  @Test
  void truncationAndPaddingOfTheFileAreSwitchedOffAndSaid() throws IOException {
    ObjectNode tokenizer = ModelDirectory.words();
    tokenizer
        .putObject("truncation")
        .put("direction", "Right")
        .put("max_length", 128)
        .put("strategy", "LongestFirst")
        .put("stride", 0);
    ObjectNode padding = tokenizer.putObject("padding");
    padding.putObject("strategy").put("Fixed", 9000);
    padding.put("direction", "Right").putNull("pad_to_multiple_of");
    padding.put("pad_id", 2).put("pad_type_id", 0).put("pad_token", "</s>");
    ModelDirectory.write(directory, tokenizer);
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"</s>\", \"pad_token\": \"</s>\","
            + " \"model_max_length\": 1000000000000000019884624838656}");
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, UTF_8));
    try (Tokenizer opened = Tokenizers.open(directory)) {
      String text = String.join(" ", Collections.nCopies(5000, "word"));
      assertEquals(5001, opened.encode(text, true).size());
      assertEquals(TokenIds.of(1, 6), opened.encode("word", true));
    } finally {
      System.setErr(before);
    }
    assertTrue(
        said.toString(UTF_8)
            .contains("tokenizer.json asks to cut texts at 128 tokens: that is switched off"),
        said::toString);
    assertTrue(
        said.toString(UTF_8).contains("asks to pad texts: that is switched off"), said::toString);
  }

  /** FIELD T04: pad = end of sequence, two answers of unequal length; each ends once. */
  @Test
  void endOfSequenceCountsOnceThoughItIsThePad() throws IOException {
    config("tokenizer_config.json", "{'eos_token':'</s>','pad_token':'</s>'}");
    try (ExampleTokenizer tokenizer = ExampleTokenizer.open(directory, null, OptionalInt.of(7))) {
      PreferenceExample example =
          PreferenceExample.pair(
              0, Prompt.of("a "), Completion.of("b c b"), Completion.of("c</s>"));
      assertEquals(
          "[TokenizedCompletion[prompt=[1, 3], ids=[4, 5, 4, 2]],"
              + " TokenizedCompletion[prompt=[1, 3], ids=[5, 2]]]",
          ((TokenizedExample) tokenizer.tokenize(example)).completions().toString());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        "tokenizer_config.json   | {'eos_token':'b'}                              | b",
        "tokenizer_config.json   | {'eos_token':{'content':'</s>','lstrip':false}} | </s>",
        "special_tokens_map.json | {'eos_token':'b'}                              | b",
        "special_tokens_map.json | {'eos_token':{'content':'c'}}                  | c",
        "generation_config.json  | {'eos_token_id':4}                             | b",
        "generation_config.json  | {'eos_token_id':[2,4]}                         | </s>",
        "config.json             | {'eos_token_id':5}                             | c",
        "config.json             | {'eos_token_id':null}                          | -",
        "config.json             | {}                                             | -"
      })
  void endOfSequenceIsFound(String file, String content, String expected) throws IOException {
    config("tokenizer_config.json", "{'eos_token':null}");
    config(file, content);
    try (Tokenizer tokenizer = Tokenizers.open(directory)) {
      assertEquals(expected, tokenizer.endOfSequence());
    }
  }

  @Test
  void endOfSequenceIsLookedForInThatOrder() throws IOException {
    config("config.json", "{'eos_token_id':3}");
    config("generation_config.json", "{'eos_token_id':4}");
    config("special_tokens_map.json", "{'eos_token':'c'}");
    assertEquals("</s>", end());
    Files.delete(directory.resolve("tokenizer_config.json"));
    assertEquals("c", end());
    Files.delete(directory.resolve("special_tokens_map.json"));
    assertEquals("b", end());
    Files.delete(directory.resolve("generation_config.json"));
    assertEquals("a", end());
    Files.delete(directory.resolve("config.json"));
    assertNull(end());
  }

  private String end() {
    try (Tokenizer tokenizer = Tokenizers.open(directory)) {
      return tokenizer.endOfSequence();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "tokenizer.json         | {'version':'1.0'}    | tokenizer.json is damaged, or newer",
        "tokenizer.json         | {'version':          | tokenizer.json is damaged, or newer",
        "tokenizer_config.json  | {'eos_token':        | tokenizer_config.json cannot be read",
        "tokenizer_config.json  | {'eos_token':7}      | field \"eos_token\": is 7, expected a",
        "tokenizer_config.json  | {'eos_token':'ab c'} | The end of sequence \"ab c\" is not one token",
        "tokenizer_config.json  | {'eos_token':['a']}  | field \"eos_token\": is [\"a\"], expected"
      })
  void damageIsNamed(String file, String content, String problem) throws IOException {
    config(file, content);
    String message =
        assertThrows(InputException.class, () -> Tokenizers.open(directory)).getMessage();
    assertTrue(message.contains(problem) && message.contains(directory.toString()), message);
  }

  @Test
  void missingFileIsNamed() throws IOException {
    Files.delete(directory.resolve("tokenizer.json"));
    String message =
        assertThrows(InputException.class, () -> Tokenizers.open(directory)).getMessage();
    assertTrue(message.startsWith(directory.resolve("tokenizer.json") + " is missing"), message);
  }

  @Test
  void notUtf8IsNamed() throws IOException {
    Files.write(directory.resolve("tokenizer.json"), new byte[] {'{', (byte) 0xc3, '(', '}'});
    String message =
        assertThrows(InputException.class, () -> Tokenizers.open(directory)).getMessage();
    assertTrue(message.contains("tokenizer.json is not UTF-8"), message);
  }

  /** A word-level model without a token for the unknown cannot encode what it doesn't know. */
  @Test
  void textThatCannotBeEncodedIsNamed() throws IOException {
    ObjectNode tokenizer = ModelDirectory.words();
    ((ObjectNode) tokenizer.get("model")).put("unk_token", "none");
    ModelDirectory.write(directory, tokenizer);
    try (Tokenizer opened = Tokenizers.open(directory)) {
      String message =
          assertThrows(InputException.class, () -> opened.encode("a surprise", true)).getMessage();
      assertTrue(message.contains("tokenizer.json cannot encode \"a surprise\": "), message);
    }
  }

  private void config(String file, String json) throws IOException {
    Files.writeString(directory.resolve(file), json.replace('\'', '"'));
  }
}
