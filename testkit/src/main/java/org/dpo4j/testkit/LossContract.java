package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.dpo4j.loss.BatchCounts;
import org.dpo4j.loss.BatchMetrics;
import org.dpo4j.loss.Evaluation;
import org.dpo4j.loss.LossOption;
import org.dpo4j.loss.LossOptions;
import org.dpo4j.loss.LossState;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.Objectives;
import org.dpo4j.loss.PreferenceLoss;
import org.dpo4j.loss.PreferenceLossFactory;
import org.dpo4j.loss.Range;
import org.dpo4j.training.StepReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every loss must hold; the test of a loss is one subclass that names its factory. The data
 * follow from the view that the loss takes. A loss with a memory is also tried at what it remembers
 * after some batches.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class LossContract {
  /** Options without a dot: those that TRL has, and one that we added beside them. */
  private static final Set<String> BARE_NAMES =
      Set.of(
          "beta",
          "label_smoothing",
          "discopop_tau",
          "desirable_weight",
          "undesirable_weight",
          "cpo_alpha",
          "simpo_gamma",
          "alpha",
          "dpop_lambda");

  /** The factory of the loss under test. */
  protected abstract PreferenceLossFactory factory();

  /** The options under which everything is tested: the defaults, and each set to another value. */
  protected List<Map<String, Double>> settings() {
    Map<String, Double> other = new HashMap<>();
    for (LossOption option : factory().options()) other.put(option.name(), within(option.range()));
    return List.of(Map.of(), other);
  }

  /**
   * The loss whose slope the gradient is meant to be at one batch: the loss itself, unless it reads
   * numbers of the policy as plain values ({@code Var.value()}), so that no gradient goes through
   * them. Then another loss that has those numbers as they are at this batch, and so the same value
   * there.
   *
   * @param at what the loss gives at the batch: its metrics and its next state tell those numbers
   */
  protected PreferenceLoss<?> heldAt(PreferenceLoss<?> loss, Evaluation at) {
    return loss;
  }

  private static double within(Range range) {
    boolean from = Double.isFinite(range.from());
    boolean to = Double.isFinite(range.to());
    if (from && to) return range.from() + 0.37 * (range.to() - range.from());
    return to ? range.to() - 0.37 : (from ? range.from() : 0) + 0.37;
  }

  private PreferenceLoss<?> loss(Map<String, Double> setting) {
    return factory().create(new LossOptions(factory().options(), setting));
  }

  @Test
  void isFoundByItsName() {
    assertSame(
        factory().getClass(), Objectives.losses().get(factory().name()).getClass(), "registered");
    assertEquals(factory().name(), loss(Map.of()).name(), "the loss is called as its factory");
  }

  @Test
  void isDocumented() {
    assertFalse(factory().summary().isBlank(), "summary");
    for (LossOption option : factory().options()) {
      assertFalse(option.doc().isBlank(), "doc of " + option.name());
      assertTrue(
          BARE_NAMES.contains(option.name()) || option.name().startsWith(factory().name() + "."),
          option.name()
              + " is no option of TRL: call it "
              + factory().name()
              + "."
              + option.name());
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void hasTheBetaThatWasGiven(Map<String, Double> setting) {
    factory()
        .option("beta")
        .ifPresent(
            beta ->
                assertEquals(
                    setting.getOrDefault("beta", beta.defaultValue()), loss(setting).beta()));
  }

  /**
   * Whoever sets an option gets other numbers: in the value, the gradient or what is remembered.
   */
  @Test
  void everyOptionMatters() {
    for (Map<String, Double> setting : settings()) {
      setting.forEach(
          (name, value) ->
              assertNotEquals(
                  run(loss(Map.of())), run(loss(Map.of(name, value))), name + " changes nothing"));
    }
  }

  private static List<Object> run(PreferenceLoss<?> loss) {
    Objective objective = Objective.of(loss);
    LossTrials trials = new LossTrials(objective, 9);
    Map<String, LossState> states = objective.initialStates();
    List<Object> run = new ArrayList<>();
    for (int step = 0; step < 4; step++) {
      Evaluation e = LossTrials.after(objective, trials.batch(4), states);
      states = e.states();
      run.addAll(List.of(e.value(), Arrays.stream(e.gradient()).boxed().toList(), states));
    }
    return run;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void gradientEqualsFiniteDifferences(Map<String, Double> setting) {
    PreferenceLoss<?> loss = loss(setting);
    Objective objective = Objective.of(loss);
    LossTrials trials = new LossTrials(objective, 1);
    for (Map<String, LossState> states :
        List.of(objective.initialStates(), trials.statesOnTheWay())) {
      ScoredBatch batch = trials.batch(5);
      Evaluation at = LossTrials.after(objective, batch, states);
      PreferenceLoss<?> held = heldAt(loss, at);
      Objective smooth = held == loss ? objective : Objective.of(held);
      Map<String, LossState> before = held == loss ? states : smooth.initialStates();
      assertClose(at.value(), LossTrials.after(smooth, batch, before).value(), "value as held");
      double[] slopes = slopes(smooth, batch, before);
      for (int t = 0; t < slopes.length; t++) {
        double tolerance = 1e-6 * Math.max(1, Math.abs(slopes[t]));
        assertEquals(slopes[t], at.gradient()[t], tolerance, "gradient of prediction " + t);
      }
    }
  }

  private static double[] slopes(
      Objective objective, ScoredBatch batch, Map<String, LossState> states) {
    BatchCounts counts = objective.count(batch.examples());
    double step = 1e-5;
    double[] slopes = new double[batch.policy().length];
    for (int t = 0; t < slopes.length; t++) {
      double[] policy = batch.policy();
      policy[t] += step;
      double up = batch.evaluate(objective, policy, counts, states).value();
      policy[t] -= 2 * step;
      double down = batch.evaluate(objective, policy, counts, states).value();
      slopes[t] = (up - down) / (2 * step);
    }
    return slopes;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void orderOfRowsDoesNotMatter(Map<String, Double> setting) {
    Objective objective = Objective.of(loss(setting));
    LossTrials trials = new LossTrials(objective, 2);
    ScoredBatch batch = trials.batch(8);
    Map<String, LossState> states = trials.statesOnTheWay();
    List<Integer> order = new ArrayList<>(IntStream.range(0, 8).boxed().toList());
    Collections.shuffle(order, new Random(3));
    Evaluation straight = LossTrials.after(objective, batch, states);
    Evaluation shuffled = LossTrials.after(objective, batch.rows(order), states);
    assertClose(straight.value(), shuffled.value(), "value");
    assertClose(straight.metrics().means(), shuffled.metrics().means());
    straight
        .states()
        .forEach((name, s) -> assertClose(s.numbers(), shuffled.states().get(name).numbers()));
    List<double[]> expected = byRow(batch, straight.gradient());
    List<double[]> actual = byRow(batch.rows(order), shuffled.gradient());
    for (int i = 0; i < order.size(); i++) {
      assertArrayEquals(
          expected.get(order.get(i)), actual.get(i), 1e-10, "gradient of row " + order.get(i));
    }
  }

  /** A row-wise loss adds up over any parts. (A batchwise one is never shown a part.) */
  @ParameterizedTest
  @MethodSource("settings")
  void partsOfABatchAddUp(Map<String, Double> setting) {
    Objective objective = Objective.of(loss(setting));
    if (!objective.rowWise()) return;
    ScoredBatch batch = new LossTrials(objective, 4).batch(8);
    BatchCounts counts = objective.count(batch.examples());
    double value = 0;
    BatchMetrics metrics = BatchMetrics.EMPTY;
    List<double[]> gradient = new ArrayList<>();
    for (ScoredBatch part : List.of(batch.rows(0, 1), batch.rows(1, 4), batch.rows(4, 8))) {
      Evaluation e = part.evaluate(objective, part.policy(), counts, objective.initialStates());
      value += e.value();
      metrics = metrics.plus(e.metrics());
      gradient.add(e.gradient());
    }
    Evaluation whole = batch.evaluate(objective);
    assertClose(whole.value(), value, "value");
    assertClose(whole.metrics().means(), metrics.means());
    assertArrayEquals(
        whole.gradient(),
        gradient.stream().flatMapToDouble(Arrays::stream).toArray(),
        1e-12,
        "gradient");
  }

  /** Trains a tiny model three steps long, each batch as a whole and row by row. */
  @ParameterizedTest
  @MethodSource("settings")
  void microBatchesTrainTheSame(Map<String, Double> setting, @TempDir Path directory) {
    PreferenceLoss<?> loss = loss(setting);
    List<StepReport> whole = LossTrials.train(loss, 4, directory.resolve("whole"));
    List<StepReport> split = LossTrials.train(loss, 1, directory.resolve("split"));
    assertEquals(3, whole.size(), "steps");
    for (int i = 0; i < whole.size(); i++) {
      Map<String, Double> expected = whole.get(i).metrics();
      Map<String, Double> actual = split.get(i).metrics();
      assertEquals(expected.keySet(), actual.keySet(), "metrics");
      for (String key : expected.keySet()) {
        double tolerance = 1e-9 * Math.max(1, Math.abs(expected.get(key)));
        assertEquals(expected.get(key), actual.get(key), tolerance, key + " of step " + (i + 1));
      }
    }
  }

  /** One after the other, so that a memory meets them too: margins of up to 1e4. */
  @ParameterizedTest
  @MethodSource("settings")
  void isFiniteAtExtremes(Map<String, Double> setting) {
    Objective objective = Objective.of(loss(setting));
    LossTrials trials = new LossTrials(objective, 5);
    Map<String, LossState> states = objective.initialStates();
    for (int trial = 0; trial < 300; trial++) {
      // throws where value, gradient, metric or state is not finite
      states = LossTrials.after(objective, trials.extremes(), states).states();
    }
  }

  /** What a loss knows of earlier batches is in its state: it goes on as well from a file. */
  @ParameterizedTest
  @MethodSource("settings")
  void stateSurvivesBeingSaved(Map<String, Double> setting) {
    Objective kept = Objective.of(loss(setting));
    LossTrials trials = new LossTrials(kept, 6);
    Map<String, LossState> states = kept.initialStates();
    Map<String, LossState> saved = states;
    for (int step = 0; step < 4; step++) {
      ScoredBatch batch = trials.batch(4);
      Evaluation of = LossTrials.after(kept, batch, states);
      Evaluation resumed = LossTrials.after(Objective.of(loss(setting)), batch, saved);
      assertEquals(of.value(), resumed.value(), "value of batch " + step);
      assertEquals(of.states(), resumed.states(), "state after batch " + step);
      states = of.states();
      Map<String, LossState> read = new HashMap<>();
      resumed.states().forEach((name, state) -> read.put(name, savedAndRead(state)));
      saved = read;
    }
  }

  private static LossState savedAndRead(LossState state) {
    LossState read = LossState.EMPTY;
    for (Map.Entry<String, Double> number : state.numbers().entrySet()) {
      String saved = Double.toString(number.getValue());
      read = read.with(number.getKey(), Double.parseDouble(saved));
    }
    return read;
  }

  @Test
  void logProbThatIsNoNumberIsNamedWithItsRow() {
    Objective objective = Objective.of(loss(Map.of()));
    ScoredBatch batch = new LossTrials(objective, 7).batch(3);
    double[] policy = batch.policy();
    policy[policy.length - 1] = Double.NaN;
    BatchCounts counts = objective.count(batch.examples());
    ArithmeticException e =
        assertThrows(
            ArithmeticException.class,
            () -> batch.evaluate(objective, policy, counts, objective.initialStates()));
    assertTrue(String.valueOf(e.getMessage()).contains("row 2"), e.getMessage());
  }

  private static List<double[]> byRow(ScoredBatch batch, double[] gradient) {
    List<double[]> rows = new ArrayList<>();
    int from = 0;
    for (int row = 0; row < batch.size(); row++) {
      int to = from + batch.examples().get(row).predictions();
      rows.add(Arrays.copyOfRange(gradient, from, to));
      from = to;
    }
    return rows;
  }

  private static void assertClose(Map<String, Double> expected, Map<String, Double> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((key, number) -> assertClose(number, actual.get(key), key));
  }

  private static void assertClose(double expected, double actual, String what) {
    assertEquals(expected, actual, 1e-12 * Math.max(1, Math.abs(expected)), what);
  }
}
