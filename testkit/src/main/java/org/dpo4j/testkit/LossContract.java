package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.dpo4j.loss.Choice;
import org.dpo4j.loss.Demonstration;
import org.dpo4j.loss.Evaluation;
import org.dpo4j.loss.Labelled;
import org.dpo4j.loss.LossOption;
import org.dpo4j.loss.LossOptions;
import org.dpo4j.loss.LossState;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.Objectives;
import org.dpo4j.loss.PreferenceLoss;
import org.dpo4j.loss.PreferenceLossFactory;
import org.dpo4j.loss.Range;
import org.dpo4j.loss.Ranking;
import org.dpo4j.loss.View;
import org.dpo4j.preference.Judgement;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every loss must hold; the test of a loss is one subclass that names its factory. The data
 * follow from the view that the loss takes.
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
   * Whether the loss reads a number of the policy as a plain value ({@code Var.value()}), so that
   * its gradient is meant to be another than the slope of its value. Its own test then has to say
   * what the gradient is.
   */
  protected boolean stopsGradients() {
    return false;
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

  @ParameterizedTest
  @MethodSource("settings")
  void gradientEqualsFiniteDifferences(Map<String, Double> setting) {
    Objective objective = Objective.of(loss(setting));
    ScoredBatch batch = batch(objective, 5, new Random(1));
    BatchCounts counts = objective.count(batch.examples());
    Map<String, LossState> states = objective.initialStates();
    double[] gradient = batch.evaluate(objective).gradient();
    double step = 1e-5;
    double[] slopes = new double[gradient.length];
    for (int t = 0; t < slopes.length; t++) {
      double[] policy = batch.policy();
      policy[t] += step;
      double up = batch.evaluate(objective, policy, counts, states).value();
      policy[t] -= 2 * step;
      double down = batch.evaluate(objective, policy, counts, states).value();
      slopes[t] = (up - down) / (2 * step);
    }
    if (stopsGradients()) {
      assertThrows(
          AssertionError.class, () -> assertSlopes(slopes, gradient), "it stops no gradient");
    } else {
      assertSlopes(slopes, gradient);
    }
  }

  private static void assertSlopes(double[] slopes, double[] gradient) {
    for (int t = 0; t < slopes.length; t++) {
      double tolerance = 1e-6 * Math.max(1, Math.abs(slopes[t]));
      assertEquals(slopes[t], gradient[t], tolerance, "prediction " + t);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void orderOfRowsDoesNotMatter(Map<String, Double> setting) {
    Objective objective = Objective.of(loss(setting));
    ScoredBatch batch = batch(objective, 8, new Random(2));
    List<Integer> order = new ArrayList<>(IntStream.range(0, 8).boxed().toList());
    Collections.shuffle(order, new Random(3));
    Evaluation straight = batch.evaluate(objective);
    Evaluation shuffled = batch.rows(order).evaluate(objective);
    assertClose(straight.value(), shuffled.value());
    List<double[]> expected = byRow(batch, straight.gradient());
    List<double[]> actual = byRow(batch.rows(order), shuffled.gradient());
    for (int i = 0; i < order.size(); i++) {
      assertArrayEquals(expected.get(order.get(i)), actual.get(i), 1e-10, "row " + order.get(i));
    }
  }

  /** A row-wise loss adds up over any parts; a batchwise one refuses to see a part. */
  @ParameterizedTest
  @MethodSource("settings")
  void microBatchesAddUp(Map<String, Double> setting) {
    Objective objective = Objective.of(loss(setting));
    ScoredBatch batch = batch(objective, 8, new Random(4));
    BatchCounts counts = objective.count(batch.examples());
    Map<String, LossState> states = objective.initialStates();
    double value = 0;
    BatchMetrics metrics = BatchMetrics.EMPTY;
    List<double[]> gradient = new ArrayList<>();
    for (ScoredBatch part : List.of(batch.rows(0, 1), batch.rows(1, 4), batch.rows(4, 8))) {
      if (!objective.rowWise()) {
        assertThrows(
            IllegalArgumentException.class,
            () -> part.evaluate(objective, part.policy(), counts, states));
        return;
      }
      Evaluation e = part.evaluate(objective, part.policy(), counts, states);
      value += e.value();
      metrics = metrics.plus(e.metrics());
      gradient.add(e.gradient());
    }
    Evaluation whole = batch.evaluate(objective);
    assertClose(whole.value(), value);
    assertArrayEquals(
        whole.gradient(), gradient.stream().flatMapToDouble(Arrays::stream).toArray(), 1e-12);
    assertEquals(whole.metrics().means().keySet(), metrics.means().keySet());
    Map<String, Double> added = metrics.means();
    whole
        .metrics()
        .means()
        .forEach((key, mean) -> assertClose(mean, added.getOrDefault(key, Double.NaN)));
  }

  /** Sums of 0 to -1e5 over 1 or 500 tokens, log-ratios of up to 5e3: margins of up to 1e4. */
  @ParameterizedTest
  @MethodSource("settings")
  void isFiniteAtExtremes(Map<String, Double> setting) {
    Objective objective = Objective.of(loss(setting));
    double[] sums = {0, -1e-30, -1, -1e5};
    double[] logRatios = {-5e3, -1, 0, 1, 5e3};
    int[] lengths = {1, 500};
    Random random = new Random(5);
    for (int trial = 0; trial < 300; trial++) {
      ScoredBatch batch = ScoredBatch.empty();
      for (int row = 0; row < 2; row++) {
        Judgement judgement = judgement(objective, random);
        List<Scores> scores = new ArrayList<>();
        for (int k = 0; k < completions(judgement); k++) {
          double policy = sums[random.nextInt(sums.length)];
          double reference = policy - logRatios[random.nextInt(logRatios.length)];
          scores.add(Scores.constant(policy, reference, lengths[random.nextInt(2)]));
        }
        batch = batch.with(judgement, columns(objective, random), scores);
      }
      Evaluation e = batch.evaluate(objective); // throws where anything is not finite
      assertTrue(Double.isFinite(e.value()), setting + ", trial " + trial);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void stateSurvivesBeingSaved(Map<String, Double> setting) {
    Objective objective = Objective.of(loss(setting));
    Map<String, LossState> kept = objective.initialStates();
    Map<String, LossState> saved = objective.initialStates();
    for (int step = 0; step < 4; step++) {
      ScoredBatch batch = batch(objective, 4, new Random(6 + step));
      BatchCounts counts = objective.count(batch.examples());
      Evaluation of = batch.evaluate(objective, batch.policy(), counts, kept);
      Evaluation ofSaved = batch.evaluate(objective, batch.policy(), counts, saved);
      assertEquals(of.value(), ofSaved.value(), "step " + step);
      assertEquals(of.states(), ofSaved.states(), "step " + step);
      kept = of.states();
      Map<String, LossState> read = new HashMap<>();
      ofSaved.states().forEach((name, state) -> read.put(name, savedAndRead(state)));
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
    ScoredBatch batch = batch(objective, 3, new Random(7));
    double[] policy = batch.policy();
    policy[policy.length - 1] = Double.NaN;
    ArithmeticException e =
        assertThrows(
            ArithmeticException.class,
            () ->
                batch.evaluate(
                    objective,
                    policy,
                    objective.count(batch.examples()),
                    objective.initialStates()));
    assertTrue(String.valueOf(e.getMessage()).contains("row 2"), e.getMessage());
  }

  /** Rows that give the loss its views: 1 to 8 tokens, a first one sometimes unscored. */
  private static ScoredBatch batch(Objective objective, int rows, Random random) {
    ScoredBatch batch = ScoredBatch.empty();
    for (int row = 0; row < rows; row++) {
      Judgement judgement = judgement(objective, random);
      List<Scores> scores = new ArrayList<>();
      for (int k = 0; k < completions(judgement); k++) {
        double[] policy = random.doubles(1 + random.nextInt(8), -3, -0.1).toArray();
        double[] reference =
            Arrays.stream(policy).map(x -> x + 0.3 * random.nextGaussian()).toArray();
        scores.add(new Scores(policy, reference, random.nextInt(5) == 0));
      }
      batch = batch.with(judgement, columns(objective, random), scores);
    }
    return batch;
  }

  private static Judgement judgement(Objective objective, Random random) {
    Class<? extends View> view = objective.losses().get(0).loss().view();
    if (view == Labelled.class) return new Judgement.Thumb(random.nextBoolean());
    if (view == Demonstration.class) return Judgement.NONE;
    if (view == Choice.class) return new Judgement.Best(random.nextInt(4));
    if (view == Ranking.class) return new Judgement.Order(List.of(2, 0, 3, 1));
    return Judgement.PAIR;
  }

  private static int completions(Judgement judgement) {
    if (judgement instanceof Judgement.Order order) return order.ranks().size();
    return judgement instanceof Judgement.Best ? 4 : 1;
  }

  private static Map<String, Object> columns(Objective objective, Random random) {
    Map<String, Object> columns = new HashMap<>();
    for (String c : objective.requirements().columns()) columns.put(c, random.nextGaussian());
    return columns;
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

  private static void assertClose(double expected, double actual) {
    assertEquals(expected, actual, 1e-12 * Math.max(1, Math.abs(expected)));
  }
}
