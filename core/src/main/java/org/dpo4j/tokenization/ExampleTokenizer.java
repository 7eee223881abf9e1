package org.dpo4j.tokenization;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.Content;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.service.InputException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns examples into token ids, exactly as TRL 1.16 does for plain text.
 *
 * <ul>
 *   <li>The text of the end-of-sequence token is appended to completions that don't end with it.
 *   <li>The prompt, and the prompt with each completion, are tokenized apart, each with the special
 *       tokens that the tokenizer adds. What all of them begin with are the prompt's ids, the rest
 *       of each its completion's: a token that reaches over the border belongs to the completion.
 *   <li>Then {@link Truncation} cuts, or drops the example.
 * </ul>
 *
 * <p>Ids are taken as they are: nothing is appended, only the truncation applies, and no tokenizer
 * is needed. Safe for use by several threads.
 */
public final class ExampleTokenizer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ExampleTokenizer.class);

  private final @Nullable Path modelDirectory;
  private final Truncation truncation;
  private final OptionalInt vocabularySize;
  private final AtomicBoolean shorterPromptTold = new AtomicBoolean();
  private @Nullable Tokenizer tokenizer;

  private ExampleTokenizer(
      @Nullable Path modelDirectory,
      @Nullable Tokenizer tokenizer,
      @Nullable Truncation truncation,
      OptionalInt vocabularySize) {
    this.modelDirectory = modelDirectory;
    this.tokenizer = tokenizer;
    this.truncation = truncation == null ? Truncation.NONE : truncation;
    this.vocabularySize = vocabularySize;
  }

  /**
   * With the tokenizer of a model's directory, opened when the first text comes and closed by
   * {@link #close}.
   *
   * @param truncation null cuts nothing
   * @param vocabularySize how many ids the model has, where it is known: ids beyond are errors
   */
  public static ExampleTokenizer open(
      Path modelDirectory, @Nullable Truncation truncation, OptionalInt vocabularySize) {
    return new ExampleTokenizer(modelDirectory, null, truncation, vocabularySize);
  }

  /**
   * With a tokenizer that stays the caller's to close.
   *
   * @param truncation null cuts nothing
   * @param vocabularySize how many ids the model has, where it is known: ids beyond are errors
   */
  public static ExampleTokenizer of(
      Tokenizer tokenizer, @Nullable Truncation truncation, OptionalInt vocabularySize) {
    return new ExampleTokenizer(null, tokenizer, truncation, vocabularySize);
  }

  /**
   * The example's ids, or why it is dropped.
   *
   * @throws InputException where a text comes and there is no tokenizer, or an id lies outside the
   *     model's vocabulary; names the row
   */
  public TokenizedRow tokenize(PreferenceExample example) {
    TokenIds prompt;
    List<TokenIds> completions = new ArrayList<>();
    if (example.prompt().content() instanceof Content.Tokens tokens) {
      prompt = tokens.ids();
      example.completions().forEach(completion -> completions.add(ids(completion)));
    } else {
      prompt = split(example, completions);
    }
    check(example.row(), "the prompt", prompt);
    for (int i = 0; i < completions.size(); i++) {
      check(example.row(), "completion " + i, completions.get(i));
    }
    return truncation.cut(example, prompt, completions);
  }

  /** Fills in the completions' ids and gives the prompt's. */
  private TokenIds split(PreferenceExample example, List<TokenIds> completions) {
    Tokenizer tokenizer = tokenizer();
    String end = tokenizer.endOfSequence();
    if (end == null) {
      throw new InputException(
          "The tokenizer%s names no end of sequence, which every completion must end with: add eos_token to tokenizer_config.json"
              .formatted(modelDirectory == null ? "" : " in " + modelDirectory));
    }
    String promptText = text(example.prompt().content());
    TokenIds prompt = tokenizer.encode(promptText, true);
    List<TokenIds> whole = new ArrayList<>();
    int shared = prompt.size();
    for (Completion completion : example.completions()) {
      String text = text(completion.content());
      TokenIds ids = tokenizer.encode(promptText + (text.endsWith(end) ? text : text + end), true);
      shared = Math.min(shared, prompt.commonPrefix(ids));
      whole.add(ids);
    }
    if (shared < prompt.size() && !shorterPromptTold.getAndSet(true)) {
      log.warn(
          "Row {}: the prompt's last tokens are others when a completion follows ({} tokens of {} stay); the completion starts where they differ, as in TRL. Other rows may be alike. Ending prompts where a token ends, before a space say, avoids it.",
          example.row(),
          shared,
          prompt.size());
    }
    for (TokenIds ids : whole) completions.add(ids.slice(shared, ids.size()));
    return prompt.slice(0, shared);
  }

  private static String text(Content content) {
    if (content instanceof Content.Text text) return text.text();
    throw new IllegalArgumentException("a prompt of text has a completion of ids");
  }

  private static TokenIds ids(Completion completion) {
    if (completion.content() instanceof Content.Tokens tokens) return tokens.ids();
    throw new IllegalArgumentException("a prompt of ids has a completion of text");
  }

  private void check(long row, String part, TokenIds ids) {
    if (vocabularySize.isEmpty()) return;
    int size = vocabularySize.getAsInt();
    for (int i = 0; i < ids.size(); i++) {
      if (ids.get(i) < 0 || ids.get(i) >= size) {
        throw new InputException(
            "Row %d: token %d of %s has the id %d, but the model's vocabulary ends at %d: were the ids made for another model?"
                .formatted(row, i, part, ids.get(i), size - 1));
      }
    }
  }

  private synchronized Tokenizer tokenizer() {
    if (tokenizer == null) {
      if (modelDirectory == null) throw new IllegalStateException("closed");
      tokenizer = Tokenizers.open(modelDirectory);
    }
    return tokenizer;
  }

  /** Closes the tokenizer if this object opened it. */
  @Override
  public synchronized void close() {
    if (modelDirectory != null && tokenizer != null) tokenizer.close();
  }
}
