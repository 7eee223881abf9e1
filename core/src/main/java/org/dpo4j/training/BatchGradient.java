package org.dpo4j.training;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.evaluation.ReferenceScores;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.loss.BatchCounts;
import org.dpo4j.loss.BatchMetrics;
import org.dpo4j.loss.Evaluation;
import org.dpo4j.loss.LossState;
import org.dpo4j.loss.Objective;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * Adds the gradient of a per-device batch to a session, part by part where it is split for memory:
 * the numbers are those of the whole batch.
 *
 * @param reference null where the objective needs none
 * @param microBatchSize rows of a part
 */
record BatchGradient(
    TrainingSession session,
    CausalTransformer model,
    Objective objective,
    @Nullable ReferenceScores reference,
    int microBatchSize) {
  /**
   * What came of a batch.
   *
   * @param states of the losses, for the next batch
   * @param tokens that were laid down
   */
  record Result(double loss, BatchMetrics metrics, Map<String, LossState> states, long tokens) {
    Result plus(Evaluation part, long more) {
      return new Result(
          loss + part.value(), metrics.plus(part.metrics()), part.states(), tokens + more);
    }
  }

  /**
   * Adds {@code weight} times the gradient of a per-device batch.
   *
   * @param firstPlace of the batch's first row within the optimizer step
   * @throws ArithmeticException where a number is not finite; names the row
   */
  Result add(
      List<TokenizedExample> batch, int firstPlace, double weight, Map<String, LossState> states) {
    BatchCounts counts = objective.count(batch);
    Result nothing = new Result(0, BatchMetrics.EMPTY, states, 0);
    return objective.rowWise() || batch.size() <= microBatchSize
        ? addByParts(batch, firstPlace, weight, counts, nothing)
        : addAfterAll(batch, firstPlace, weight, counts, nothing);
  }

  /** Each part forward, evaluated and backward. */
  private Result addByParts(
      List<TokenizedExample> batch,
      int firstPlace,
      double weight,
      BatchCounts counts,
      Result result) {
    for (List<TokenizedExample> part : BatchPlanner.bySize(batch, microBatchSize)) {
      Batch fed = fed(part, firstPlace);
      try (ForwardPass pass = session.forward(fed, wanted())) {
        Evaluation e =
            objective.evaluate(part, pass.scores(), reference(part), counts, result.states());
        pass.backward(times(weight, e.gradient()));
        result = result.plus(e, tokens(fed));
      }
      firstPlace += part.size();
    }
    return result;
  }

  /**
   * For an objective that must see the whole batch at once: all parts forward, evaluated together,
   * then each part forward again, as dropout drew it, and backward.
   */
  private Result addAfterAll(
      List<TokenizedExample> batch,
      int firstPlace,
      double weight,
      BatchCounts counts,
      Result nothing) {
    List<List<TokenizedExample>> parts = BatchPlanner.bySize(batch, microBatchSize);
    TokenScores whole = TokenScores.NONE;
    int place = firstPlace;
    for (List<TokenizedExample> part : parts) {
      try (ForwardPass pass = session.forward(fed(part, place), wanted())) {
        whole = whole.followedBy(pass.scores());
      }
      place += part.size();
    }
    Evaluation e = objective.evaluate(batch, whole, reference(batch), counts, nothing.states());
    double[] gradient = times(weight, e.gradient());
    long tokens = 0;
    int from = 0;
    place = firstPlace;
    for (List<TokenizedExample> part : parts) {
      Batch fed = fed(part, place);
      try (ForwardPass pass = session.forward(fed, wanted())) {
        int to = from + pass.scores().logProbs().length;
        pass.backward(Arrays.copyOfRange(gradient, from, to));
        from = to;
      }
      tokens += tokens(fed);
      place += part.size();
    }
    return nothing.plus(e, tokens);
  }

  /** Goes forward and backward without any loss, and forgets the gradient. */
  void rehearse(List<TokenizedExample> part) {
    try (ForwardPass pass = session.forward(fed(part, 0), wanted())) {
      pass.backward(new double[pass.scores().logProbs().length]);
    }
    session.discard();
  }

  private Batch fed(List<TokenizedExample> part, int firstPlace) {
    return model.batch(
        part, IntStream.range(firstPlace, firstPlace + part.size()).boxed().toList());
  }

  private static long tokens(Batch batch) {
    return batch.layout().length(Axis.TOKENS);
  }

  private Set<HeadStatistic> wanted() {
    return objective.requirements().statistics();
  }

  private double @Nullable [] reference(List<TokenizedExample> part) {
    return reference == null ? null : reference.tokenLogProbs(part);
  }

  private static double[] times(double weight, double[] gradient) {
    return Arrays.stream(gradient).map(g -> weight * g).toArray();
  }
}
