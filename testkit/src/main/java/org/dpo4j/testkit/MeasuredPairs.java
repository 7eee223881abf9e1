package org.dpo4j.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.tokenization.ExampleTokenizer;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;

/** Real pairs that speed is measured on, and the floating point operations that they ask for. */
public final class MeasuredPairs {
  /** Longer rows are passed over. */
  private static final int MOST_TOKENS = 1024;

  private MeasuredPairs() {}

  /** The first so many pairs of a preference file, tokenized as the model's directory says. */
  public static List<TokenizedExample> first(Path modelDirectory, Path data, int count) {
    try (ExampleTokenizer tokenizer =
            ExampleTokenizer.open(modelDirectory, null, OptionalInt.empty());
        Stream<PreferenceRow> rows = PreferenceDataset.open(data).rows()) {
      return rows.map(row -> tokenizer.tokenize((PreferenceExample) row))
          .filter(row -> row instanceof TokenizedExample e && e.longest() <= MOST_TOKENS)
          .map(TokenizedExample.class::cast)
          .limit(count)
          .toList();
    }
  }

  /**
   * Useful ones of a way forward: 2 for each weight and token, the head's for each prediction,
   * attention's products; the prompt once, no padding. Training asks for three times as many.
   */
  public static double flops(CausalTransformer model, List<TokenizedExample> pairs) {
    double head = model.head().projection().weight().size();
    double blocks =
        model.parameters().stream()
            .filter(p -> p.name().contains("layers.") && !p.vector())
            .mapToDouble(p -> p.size())
            .sum();
    double dim = model.head().projection().in();
    double layers = model.stages().size() - 1;
    double flops = 0;
    for (TokenizedExample e : pairs) {
      double prompt = e.completions().get(0).prompt().size();
      double seen = prompt * prompt / 2;
      for (TokenizedCompletion c : e.completions()) {
        double own = c.ids().size();
        seen += own * prompt + own * own / 2;
      }
      flops += 2 * blocks * BatchPlanner.tokens(e) + 2 * head * e.predictions();
      flops += 4 * dim * layers * seen;
    }
    return flops;
  }
}
