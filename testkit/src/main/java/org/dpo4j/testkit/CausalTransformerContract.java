package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.CausalTransformer.Head;
import org.dpo4j.model.CausalTransformer.Stage;
import org.dpo4j.preference.Judgement;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.PlainTensorOps;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TokenLogProbs;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every model must be, in double precision: the same for any batch, layout and cut. */
public abstract class CausalTransformerContract {
  private static final double SAME = 1e-12;

  private CausalTransformer model;
  private Map<Parameter, double[]> weights;
  private TestExamples examples;

  /** A small model; its context is at least 16 tokens. */
  protected abstract CausalTransformer model();

  @BeforeEach
  void prepare() {
    model = model();
    weights = TestModels.numbers(model, TestModels.weights(5));
    examples = new TestExamples(11, model.vocabulary());
  }

  @Test
  void replaysOnBatchesOfOtherShapes() {
    assertReplays(
        model,
        weights,
        List.of(
            examples.mixed(), List.of(examples.example(2, 3)), List.of(examples.example(7, 1, 9))));
  }

  /**
   * Records the model once, and replays the recording on other batches.
   *
   * @param batches the first one is there while the model is recorded
   * @throws AssertionError where the answers are not those of a trace on the batch itself
   */
  static void assertReplays(
      CausalTransformer model,
      Map<Parameter, double[]> weights,
      List<List<TokenizedExample>> batches) {
    Set<HeadStatistic> wanted = EnumSet.allOf(HeadStatistic.class);
    Batch first = model.batch(batches.get(0));
    RecordingTensorOps recording = new RecordingTensorOps();
    TokenLogProbs recorded = model.tokenLogProbs(recording, wanted);
    assertEquals(
        new HashSet<>(model.parameters()), recording.parameters(), "the parameters that are read");
    for (List<TokenizedExample> other : batches) {
      Batch batch = other.equals(batches.get(0)) ? first : model.batch(other);
      PlainTensorOps direct = new PlainTensorOps(batch, weights::get);
      PlainTensorOps replayed = new PlainTensorOps(batch, weights::get);
      TokenLogProbs expected = model.tokenLogProbs(direct, wanted);
      RecordingTensorOps.Replay replay = recording.replay(replayed);
      assertArrayEquals(
          direct.values(expected.logProbs()),
          replayed.values(replay.of(recorded.logProbs())),
          "log-probs");
      for (HeadStatistic s : wanted) {
        assertArrayEquals(
            direct.values(of(expected.statistics(), s)),
            replayed.values(replay.of(of(recorded.statistics(), s))),
            s.name());
      }
    }
  }

  @Test
  void aSharedPromptIsARepeatedOne() {
    List<TokenizedExample> batch = examples.mixed();
    TokenLayout repeated = TokenLayout.of(batch, longest -> false);
    assertArrayEquals(logProbs(model.batch(batch)), logProbs(on(repeated)), SAME);
  }

  private static <K, V> V of(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key), key::toString);
  }

  private Batch on(TokenLayout layout) {
    Map<Column, double[]> columns = new HashMap<>();
    model.columns().forEach((column, source) -> columns.put(column, source.apply(layout)));
    return new Batch(layout, columns, List.of());
  }

  @Test
  void completionsDontSeeEachOther() {
    double[] together = logProbs(model.batch(examples.mixed()));
    examples = new TestExamples(11, model.vocabulary());
    List<Double> apart = new ArrayList<>();
    for (TokenizedExample e : examples.mixed()) {
      for (TokenizedCompletion c : e.completions()) {
        TokenizedExample alone = new TokenizedExample(0, List.of(c), Judgement.NONE, Map.of());
        for (double logProb : logProbs(model.batch(List.of(alone)))) apart.add(logProb);
      }
    }
    assertArrayEquals(apart.stream().mapToDouble(x -> x).toArray(), together, SAME);
  }

  @Test
  void theHeadInPiecesIsTheWholeHead() {
    Batch batch = model.batch(examples.mixed());
    Run whole = new Run(batch, Integer.MAX_VALUE);
    for (int rows : new int[] {1, 3, 7}) {
      Run pieces = new Run(batch, rows);
      assertArrayEquals(whole.logProbs, pieces.logProbs, SAME);
      weights.keySet().forEach(p -> same(p, whole.gradients, pieces.gradients));
    }
  }

  @Test
  void aCutBetweenStagesChangesNothing() {
    Batch batch = model.batch(examples.mixed());
    Run whole = new Run(batch, Integer.MAX_VALUE);
    Map<Parameter, double[]> gradients = zeros();
    List<double[]> stageInputs = new ArrayList<>();
    double[] x = new double[0];
    int dim = 0;
    for (Stage s : model.stages()) {
      PlainTensorOps ops = new PlainTensorOps(batch, weights::get);
      stageInputs.add(x);
      Tensor in = dim == 0 ? null : ops.input(Axis.TOKENS, dim, x);
      Tensor out = s.body().apply(ops, in);
      x = ops.values(out);
      dim = out.columns();
    }
    PlainTensorOps end = new PlainTensorOps(batch, weights::get, gradients::get);
    Tensor in = end.input(Axis.TOKENS, dim, x);
    Head head = model.head();
    Tensor logProbs =
        end.tokenLogProbs(
                head.hidden(end, in), head.projection(), head.softCap(), Index.TARGETS, Set.of())
            .logProbs();
    end.backward(logProbs, upstream(batch));
    double[] upstream = end.gradient(in);
    for (int i = stageInputs.size() - 1; i >= 0; i--) {
      PlainTensorOps ops = new PlainTensorOps(batch, weights::get, gradients::get);
      Tensor leaf = i == 0 ? null : ops.input(Axis.TOKENS, dim, stageInputs.get(i));
      ops.backward(model.stages().get(i).body().apply(ops, leaf), upstream);
      if (leaf != null) upstream = ops.gradient(leaf);
    }
    weights.keySet().forEach(p -> same(p, whole.gradients, gradients));
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    Batch batch = model.batch(examples.mixed());
    Run run = new Run(batch, PlainTensorOps.HEAD_ROWS);
    Random random = new Random(2);
    double step = 1e-5;
    for (Parameter p : model.parameters()) {
      double[] values = of(weights, p);
      double[] direction = random.doubles(values.length, -1, 1).toArray();
      double expected = 0;
      double[] gradient = of(run.gradients, p);
      for (int i = 0; i < values.length; i++) expected += direction[i] * gradient[i];
      double before = objectiveMoved(batch, values, direction, -step);
      double after = objectiveMoved(batch, values, direction, step);
      double slope = (after - before) / (2 * step);
      assertEquals(expected, slope, 1e-6 * Math.max(1, Math.abs(expected)), p.name());
    }
  }

  private double objectiveMoved(Batch batch, double[] values, double[] direction, double step) {
    double[] kept = values.clone();
    for (int i = 0; i < values.length; i++) values[i] += step * direction[i];
    double[] logProbs = logProbs(batch);
    System.arraycopy(kept, 0, values, 0, kept.length);
    double[] upstream = upstream(batch);
    double objective = 0;
    for (int i = 0; i < logProbs.length; i++) objective += upstream[i] * logProbs[i];
    return objective;
  }

  private double[] logProbs(Batch batch) {
    PlainTensorOps ops = new PlainTensorOps(batch, weights::get);
    return ops.values(model.tokenLogProbs(ops, Set.of()).logProbs());
  }

  private static double[] upstream(Batch batch) {
    return new Random(1).doubles(batch.layout().length(Axis.PREDICTIONS), -1, 1).toArray();
  }

  private Map<Parameter, double[]> zeros() {
    Map<Parameter, double[]> zeros = new HashMap<>();
    weights.forEach((p, values) -> zeros.put(p, new double[values.length]));
    return zeros;
  }

  private static void same(
      Parameter p, Map<Parameter, double[]> expected, Map<Parameter, double[]> actual) {
    assertArrayEquals(of(expected, p), of(actual, p), SAME, p.name());
  }

  /** Forward and backward in one trace. */
  private final class Run {
    final double[] logProbs;
    final Map<Parameter, double[]> gradients = zeros();

    Run(Batch batch, int headRows) {
      PlainTensorOps ops = new PlainTensorOps(batch, weights::get, gradients::get, headRows);
      Tensor y = model.tokenLogProbs(ops, Set.of()).logProbs();
      logProbs = ops.values(y);
      ops.backward(y, upstream(batch));
    }
  }
}
