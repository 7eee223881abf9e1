package org.dpo4j.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * How far rules come that look at nothing but length, in tokens; a tie is wrong. A policy that
 * doesn't beat them may have learnt length only.
 *
 * @param longerWins the accuracy of preferring the longer completion; null where no row has a pair
 * @param shorterWins the accuracy of preferring the shorter completion
 */
record LengthRules(@Nullable Estimate longerWins, @Nullable Estimate shorterWins) {
  static LengthRules of(List<TokenizedExample> examples, long seed) {
    List<RowMeasures> lengths = new ArrayList<>();
    List<RowMeasures> shortness = new ArrayList<>();
    for (TokenizedExample e : examples) {
      double[] tokens = e.completions().stream().mapToDouble(c -> c.ids().size()).toArray();
      lengths.add(RowMeasures.of(e.judgement(), tokens));
      double[] none = new double[tokens.length];
      shortness.add(RowMeasures.of(e.judgement(), RowMeasures.minus(none, tokens)));
    }
    return new LengthRules(
        PolicyMeasures.of(lengths, seed).accuracy(), PolicyMeasures.of(shortness, seed).accuracy());
  }
}
