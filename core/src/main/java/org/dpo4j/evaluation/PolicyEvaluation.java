package org.dpo4j.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.loss.Evaluation;
import org.dpo4j.loss.LossState;
import org.dpo4j.loss.Objective;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * An objective and the usual numbers of a policy on rows that it wasn't trained on: TRL's, and
 * means over rows with intervals beside them.
 *
 * @param rows that were evaluated
 * @param loss of the objective, each per-device batch weighted by its rows, as TRL has it
 * @param means by TRL's keys ({@code rewards/margins}, {@code logps/chosen}, ...): means of the
 *     batches' means, so that rows of a smaller last batch weigh more
 * @param policy what the policy by itself makes of the rows
 * @param rewardAccuracy how often the implicit reward is strictly higher for the better completion;
 *     null without reference
 * @param rewardMargin the better completion's implicit reward minus the worse one's; null without
 *     reference
 * @param longerWins the accuracy of a rule that prefers the completion with more tokens (a tie is
 *     wrong)
 * @param shorterWins the same of fewer tokens
 */
public record PolicyEvaluation(
    int rows,
    double loss,
    Map<String, Double> means,
    PolicyMeasures policy,
    @Nullable Estimate rewardAccuracy,
    @Nullable Estimate rewardMargin,
    @Nullable Estimate longerWins,
    @Nullable Estimate shorterWins) {
  public PolicyEvaluation {
    means = Map.copyOf(means);
  }

  /**
   * Evaluates.
   *
   * @param examples at least one, each with the views that the objective needs
   * @param batchSize rows of a per-device batch: what batchwise losses see, and what means are over
   * @param policy scores by the policy
   * @param reference log-probs of the same examples; null where the objective needs none
   * @param states of the losses, read and thrown away: evaluation doesn't teach them anything
   * @param seed of the intervals' draws
   * @param done is told after each batch how many rows are done; what it throws ends the evaluation
   */
  public static PolicyEvaluation of(
      List<TokenizedExample> examples,
      int batchSize,
      Objective objective,
      ExampleScorer policy,
      @Nullable ReferenceScores reference,
      Map<String, LossState> states,
      long seed,
      IntConsumer done) {
    Map<String, LossState> now = states;
    Map<String, List<Double>> means = new TreeMap<>();
    List<RowMeasures> measures = new ArrayList<>();
    List<RowMeasures> logRatios = new ArrayList<>();
    double losses = 0;
    for (List<TokenizedExample> batch : BatchPlanner.bySize(examples, batchSize)) {
      TokenScores scores = policy.scoreBatch(batch, objective.requirements().statistics());
      double[] ofReference = reference == null ? null : reference.tokenLogProbs(batch);
      Evaluation value =
          objective.evaluate(batch, scores, ofReference, objective.count(batch), now);
      now = value.states();
      losses += value.value() * batch.size();
      value
          .metrics()
          .means()
          .forEach((key, mean) -> means.computeIfAbsent(key, k -> new ArrayList<>()).add(mean));
      List<double[]> sums = ExampleScorer.sums(batch, scores.logProbs());
      List<double[]> referenceSums =
          ofReference == null ? null : ExampleScorer.sums(batch, ofReference);
      for (int row = 0; row < batch.size(); row++) {
        TokenizedExample e = batch.get(row);
        measures.add(RowMeasures.of(e.judgement(), sums.get(row)));
        if (referenceSums != null) {
          double[] ratio = RowMeasures.minus(sums.get(row), referenceSums.get(row));
          logRatios.add(RowMeasures.of(e.judgement(), ratio));
        }
      }
      done.accept(measures.size());
    }
    Map<String, Double> meansOfMeans = new LinkedHashMap<>();
    means.forEach(
        (key, values) ->
            meansOfMeans.put(
                key, values.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
    PolicyMeasures rewards = PolicyMeasures.of(logRatios, seed);
    LengthRules lengths = LengthRules.of(examples, seed);
    return new PolicyEvaluation(
        examples.size(),
        losses / examples.size(),
        meansOfMeans,
        PolicyMeasures.of(measures, seed),
        rewards.accuracy(),
        rewards.margin() == null ? null : rewards.margin().times(objective.beta()),
        lengths.longerWins(),
        lengths.shorterWins());
  }
}
