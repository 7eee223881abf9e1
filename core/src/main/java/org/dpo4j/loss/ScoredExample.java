package org.dpo4j.loss;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.preference.Judgement;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * An example and its completions' numbers.
 *
 * @param scores as the engines gave them
 * @param completions as modifiers left them
 */
record ScoredExample(
    TokenizedExample example, List<CompletionScores> scores, List<ScoredCompletion> completions) {

  /** Cuts a batch's predictions into completions. */
  static List<ScoredExample> of(
      List<TokenizedExample> examples,
      TokenScores policy,
      double @Nullable [] reference,
      List<ViewModifier> modifiers) {
    List<ScoredExample> scored = new ArrayList<>();
    int next = 0;
    for (TokenizedExample example : examples) {
      List<CompletionScores> scores = new ArrayList<>();
      for (int k = 0; k < example.completions().size(); k++) {
        CompletionScores s =
            new CompletionScores(
                example, k, policy.logProbs(), reference, policy.statistics(), next);
        scores.add(s);
        next = s.end();
      }
      List<ScoredCompletion> completions = scores.stream().map(ScoredCompletion::of).toList();
      for (ViewModifier m : modifiers) completions = m.apply(completions);
      scored.add(new ScoredExample(example, scores, completions));
    }
    return scored;
  }

  Judgement judgement() {
    return example.judgement();
  }

  /** The sum of the absolute gradients that went back so far to this example's log-probs. */
  double gradientSize() {
    return scores.stream().mapToDouble(CompletionScores::gradientSize).sum();
  }

  List<ScoredCompletion> seenBy(PreferenceLoss<?> loss) {
    return completions.stream().map(c -> c.seenBy(loss)).toList();
  }
}
