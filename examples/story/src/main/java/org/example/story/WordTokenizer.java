package org.example.story;

import java.util.List;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A tokenizer of whole words and punctuation marks, as a {@code tokenizer.json} of HuggingFace's
 * tokenizers library. A word carries the space before it, written ▁, so that decoded text is the
 * text that was encoded.
 *
 * @param words the vocabulary without the special tokens, sorted; ids follow this order after the
 *     special tokens
 */
record WordTokenizer(List<String> words) {
  private static final Pattern TOKEN = Pattern.compile("\\w+|[^\\w\\s]");
  private static final String SPACE = "▁";
  private static final List<String> SPECIAL = List.of("<pad>", "<eos>", "<unk>");

  /** The tokenizer that knows just the words of these texts. */
  static WordTokenizer of(Stream<String> texts) {
    SortedSet<String> words = new TreeSet<>();
    texts.forEach(
        text -> TOKEN.matcher(text).results().forEach(found -> words.add(token(found.group()))));
    return new WordTokenizer(List.copyOf(words));
  }

  private static String token(String word) {
    return Character.isLetterOrDigit(word.charAt(0)) ? SPACE + word : word;
  }

  /** The words and marks of a text, without spaces. */
  static List<String> words(String text) {
    return TOKEN.matcher(text).results().map(found -> found.group()).toList();
  }

  /** How many tokens there are, special ones included. */
  int size() {
    return SPECIAL.size() + words.size();
  }

  /** The content of {@code tokenizer.json}. */
  String tokenizerJson() {
    return """
    {
      "version": "1.0",
      "truncation": null,
      "padding": null,
      "added_tokens": [
    %s
      ],
      "normalizer": null,
      "pre_tokenizer": {
        "type": "Sequence",
        "pretokenizers": [
          {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
          {"type": "Punctuation", "behavior": "Isolated"}
        ]
      },
      "post_processor": null,
      "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
      "model": {
        "type": "WordLevel",
        "vocab": {
    %s
        },
        "unk_token": "<unk>"
      }
    }
    """
        .formatted(addedTokens(), vocabulary());
  }

  /** The content of {@code tokenizer_config.json}. */
  String configJson() {
    return """
    {
      "tokenizer_class": "PreTrainedTokenizerFast",
      "eos_token": "<eos>",
      "pad_token": "<pad>",
      "unk_token": "<unk>",
      "clean_up_tokenization_spaces": false,
      "model_max_length": 256
    }
    """;
  }

  private static String addedTokens() {
    StringJoiner lines = new StringJoiner(",\n");
    for (int id = 0; id < SPECIAL.size(); id++) {
      String rest =
          "\"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false,"
              + " \"special\": true";
      lines.add(
          "    {\"id\": %d, \"content\": %s, %s}".formatted(id, Json.quote(SPECIAL.get(id)), rest));
    }
    return lines.toString();
  }

  private String vocabulary() {
    StringJoiner lines = new StringJoiner(",\n");
    int id = 0;
    for (String token : Stream.concat(SPECIAL.stream(), words.stream()).toList()) {
      lines.add("      " + Json.quote(token) + ": " + id++);
    }
    return lines.toString();
  }
}
