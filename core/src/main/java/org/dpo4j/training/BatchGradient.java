package org.dpo4j.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.MicroBatches;
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
 * @param microBatches how a batch is split
 */
record BatchGradient(
    TrainingSession session,
    CausalTransformer model,
    Objective objective,
    @Nullable ReferenceScores reference,
    MicroBatches microBatches) {
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
    List<Part> parts = parts(batch, firstPlace);
    Result nothing = new Result(0, BatchMetrics.EMPTY, states, 0);
    return objective.rowWise() || parts.size() <= 1
        ? addByParts(parts, weight, counts, nothing)
        : addAfterAll(batch, parts, weight, counts, nothing);
  }

  /**
   * Rows that go through the engine at once.
   *
   * @param places of the rows in their per-device batch
   */
  private record Part(List<Integer> places, List<TokenizedExample> rows, Batch batch) {
    long tokens() {
      return batch.layout().length(Axis.TOKENS);
    }
  }

  private List<Part> parts(List<TokenizedExample> batch, int firstPlace) {
    List<Part> parts = new ArrayList<>();
    for (List<Integer> places : microBatches.of(batch)) {
      List<TokenizedExample> rows = places.stream().map(batch::get).toList();
      List<Integer> ofStep = places.stream().map(place -> firstPlace + place).toList();
      parts.add(new Part(places, rows, model.batch(rows, ofStep)));
    }
    return parts;
  }

  /** Each part forward, evaluated and backward. */
  private Result addByParts(List<Part> parts, double weight, BatchCounts counts, Result result) {
    for (Part part : parts) {
      try (ForwardPass pass = session.forward(part.batch, wanted())) {
        Evaluation e =
            objective.evaluate(
                part.rows, pass.scores(), reference(part.rows), counts, result.states());
        pass.backward(times(weight, e.gradient()));
        result = result.plus(e, part.tokens());
      }
    }
    return result;
  }

  /**
   * For an objective that must see the whole batch at once: all parts forward, evaluated together
   * in the batch's order, then each part forward again, as dropout drew it, and backward.
   */
  private Result addAfterAll(
      List<TokenizedExample> batch,
      List<Part> parts,
      double weight,
      BatchCounts counts,
      Result nothing) {
    TokenScores[] ofRows = new TokenScores[batch.size()];
    for (Part part : parts) {
      try (ForwardPass pass = session.forward(part.batch, wanted())) {
        int from = 0;
        for (int place : part.places) {
          int to = from + batch.get(place).predictions();
          ofRows[place] = pass.scores().range(from, to);
          from = to;
        }
      }
    }
    TokenScores whole = TokenScores.NONE;
    int[] first = new int[batch.size()];
    for (int row = 0; row < first.length; row++) {
      first[row] = whole.logProbs().length;
      whole = whole.followedBy(ofRows[row]);
    }
    Evaluation e = objective.evaluate(batch, whole, reference(batch), counts, nothing.states());
    double[] gradient = times(weight, e.gradient());
    long tokens = 0;
    for (Part part : parts) {
      double[] ofPart =
          part.places.stream()
              .flatMapToDouble(
                  place ->
                      Arrays.stream(
                          gradient, first[place], first[place] + batch.get(place).predictions()))
              .toArray();
      try (ForwardPass pass = session.forward(part.batch, wanted())) {
        pass.backward(ofPart);
      }
      tokens += part.tokens();
    }
    return nothing.plus(e, tokens);
  }

  /** Goes forward and backward without any loss, and forgets the gradient. */
  void rehearse(List<TokenizedExample> part) {
    try (ForwardPass pass = session.forward(model.batch(part), wanted())) {
      pass.backward(new double[pass.scores().logProbs().length]);
    }
    session.discard();
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
