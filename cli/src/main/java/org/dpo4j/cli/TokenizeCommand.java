package org.dpo4j.cli;

import com.google.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.dpo4j.preference.BadRecord;
import org.dpo4j.preference.OnBadRecord;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.DroppedExample;
import org.dpo4j.tokenization.ExampleTokenizer;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.dpo4j.tokenization.TokenizedRow;
import org.dpo4j.tokenization.Truncation;
import org.jspecify.annotations.Nullable;

/** Shows the token ids of preference data. */
final class TokenizeCommand {
  private final Console console;
  private final Interruption interruption;

  @Inject
  TokenizeCommand(Console console, Interruption interruption) {
    this.console = console;
    this.interruption = interruption;
  }

  int run(TokenizeOptions asked, Problems problems) {
    OnBadRecord onBadRecord = InputChoice.check(asked.input, problems);
    Required.check("--output", asked.output.file, problems);
    @Nullable Truncation truncation =
        TruncationChoice.of(asked.output.truncation, null, problems).orElse(null);
    problems.throwIfAny();

    SkippedRows skipped = new SkippedRows();
    PreferenceDataset data = InputChoice.open(asked.input, onBadRecord);
    try (ExampleTokenizer tokenizer =
        ExampleTokenizer.open(Required.value(asked.input.model), truncation, OptionalInt.empty())) {
      JsonLinesFile.write(
          Required.value(asked.output.file),
          lines -> {
            try (Stream<PreferenceRow> rows = data.rows()) {
              rows.forEachOrdered(
                  row -> {
                    interruption.check();
                    lines.accept(line(row, tokenizer, skipped));
                  });
            }
          });
    }
    skipped.print(console.err(), "each has its line in " + asked.output.file);
    return ExitCode.DONE;
  }

  private static Map<String, Object> line(
      PreferenceRow row, ExampleTokenizer tokenizer, SkippedRows skipped) {
    if (row instanceof BadRecord bad) return skipped.line(bad.row(), bad.toString());
    TokenizedRow tokenized = tokenizer.tokenize((PreferenceExample) row);
    return tokenized instanceof TokenizedExample example
        ? ids(example.completions())
        : skipped.line(tokenized.row(), ((DroppedExample) tokenized).reason());
  }

  private static Map<String, Object> ids(List<TokenizedCompletion> completions) {
    Map<String, Object> line = new LinkedHashMap<>();
    TokenIds prompt = completions.get(0).prompt();
    boolean shared = completions.stream().allMatch(c -> c.prompt().equals(prompt));
    if (shared) line.put("prompt_ids", prompt.toArray());
    List<String> sides = RowFields.sides(completions.size());
    for (int i = 0; i < completions.size(); i++) {
      String side = sides.get(i);
      if (!shared) {
        line.put(RowFields.field("prompt_ids", side), completions.get(i).prompt().toArray());
      }
      line.put(
          side.isEmpty() ? "completion_ids" : side + "_ids", completions.get(i).ids().toArray());
    }
    return line;
  }
}
