package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.dpo4j.autodiff.Var;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.preference.Judgement;
import org.dpo4j.service.InputException;
import org.dpo4j.service.Origin;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

/** What goes wrong is said with the row and the loss. */
class LossErrorsTest {
  private static final Scores ANY = Scores.constant(-1, -2, 1);
  private static final ScoredBatch PAIRS = ScoredBatch.empty().pair(ANY, ANY).pair(ANY, ANY);

  /** A loss of pairs that is whatever a test says. */
  private record OddLoss(Requirements requirements, Function<Comparison, LossValue> of)
      implements PairwiseLoss {
    @Override
    public LossValue evaluate(Comparison comparison) {
      return of.apply(comparison);
    }
  }

  private static final String ORIGIN = Origin.of(OddLoss.class) + ".";

  private static String failure(Objective objective) {
    return assertThrows(InputException.class, () -> PAIRS.evaluate(objective)).getMessage();
  }

  private static Objective odd(Requirements requirements, Function<Comparison, LossValue> of) {
    return Objective.of(new OddLoss(requirements, of));
  }

  @Test
  void viewThatTheDataDontGive() {
    TokenizedExample thumb = example(new Judgement.Thumb(false), Map.of(), 1);
    assertEquals(
        "row 0: the loss sigmoid needs a better and a worse completion, but this row has a thumb"
            + " down. Choose another loss or leave the row out.",
        assertThrows(InputException.class, () -> Objective.of(new SigmoidLoss(0.1)).check(thumb))
            .getMessage());
    TokenizedExample tied = example(new Judgement.Order(List.of(3, 3)), Map.of(), 2);
    assertEquals(
        "row 0: the loss ipo needs a better and a worse completion, but this row has 2 completions"
            + " of ranks [0, 0]. Choose another loss or leave the row out.",
        assertThrows(InputException.class, () -> Objective.of(new IpoLoss(0.1)).check(tied))
            .getMessage());
    assertDoesNotThrow(() -> Objective.of(new SftLoss()).check(thumb));
  }

  @Test
  void columnThatTheRowLacks() {
    Objective margin = odd(Requirements.REFERENCE.withColumn("margin"), LossErrorsTest::margin);
    assertEquals(
        "row 0, field \"margin\": is missing, expected a finite number",
        assertThrows(
                InputException.class,
                () -> margin.check(example(Judgement.PAIR, Map.of("gap", 1), 2)))
            .getMessage());
    assertEquals(
        "row 0, field \"margin\": is \"wide\", expected a finite number",
        assertThrows(
                InputException.class,
                () -> margin.check(example(Judgement.PAIR, Map.of("margin", "wide"), 2)))
            .getMessage());
    ScoredBatch batch =
        ScoredBatch.empty().with(Judgement.PAIR, Map.of("margin", 2), List.of(ANY, ANY));
    margin.check(batch.examples().get(0));
    assertEquals(2, batch.evaluate(margin).value());
  }

  private static LossValue margin(Comparison c) {
    return LossValue.of(c.logRatioMargin().plus(c.chosen().column("margin")));
  }

  @Test
  void valueThatIsNotFinite() {
    Objective log = odd(Requirements.REFERENCE, c -> LossValue.of(c.logRatioMargin().log()));
    assertEquals(
        "row 0: the loss odd is -Infinity",
        assertThrows(ArithmeticException.class, () -> PAIRS.evaluate(log)).getMessage());
  }

  /** The slope of sqrt(h), written exp(log(h) / 2), at 0 as 0 x infinity. */
  @Test
  void gradientThatIsNotFinite() {
    Objective odd =
        odd(Requirements.REFERENCE, c -> LossValue.of(c.logRatioMargin().log().times(0.5).exp()));
    assertEquals(
        "row 0, completion 0: the gradient of the loss odd is NaN",
        assertThrows(ArithmeticException.class, () -> PAIRS.evaluate(odd)).getMessage());
  }

  @Test
  void logProbThatIsNotFinite() {
    Objective sigmoid = Objective.of(new SigmoidLoss(0.1));
    double[] policy = PAIRS.policy();
    policy[3] = Double.NEGATIVE_INFINITY;
    ArithmeticException e =
        assertThrows(
            ArithmeticException.class,
            () ->
                PAIRS.evaluate(
                    sigmoid, policy, sigmoid.count(PAIRS.examples()), sigmoid.initialStates()));
    assertEquals(
        "row 1, completion 1: the policy gives its scored token 0 the log-prob -Infinity, expected"
            + " a finite number. The training has diverged (try a lower learning rate) or the"
            + " weights are damaged.",
        e.getMessage());
  }

  @Test
  void whatWasNotDeclared() {
    Var zero = Var.of(0);
    assertUndeclared("the reference", c -> zero.plus(c.chosen().reference()));
    assertUndeclared("the reference", c -> zero.plus(c.chosen().referenceTokenLogProbs()[0]));
    assertUndeclared("the reference", Comparison::logRatioMargin);
    assertUndeclared("the column margin", c -> zero.plus(c.chosen().column("margin")));
    assertUndeclared(
        "the statistic ENTROPY", c -> zero.plus(c.chosen().statistic(HeadStatistic.ENTROPY)[0]));
  }

  private static void assertUndeclared(String what, Function<Comparison, Var> read) {
    Objective odd = odd(Requirements.NONE, c -> LossValue.of(read.apply(c)));
    assertEquals(
        "row 0: the loss odd reads "
            + what
            + ", which its requirements don't declare. It is "
            + ORIGIN,
        failure(odd));
  }

  /** WPO's weight, exp of the mean of log-prob minus the head's log sum of squares. */
  @Test
  void statisticsThatWereDeclaredAreThere() {
    Requirements needs = Requirements.REFERENCE.withStatistic(HeadStatistic.LOG_SUM_SQUARED_PROBS);
    Objective weighted =
        odd(
            needs,
            c ->
                LossValue.of(Var.of(1))
                    .times(c.chosen().statistic(HeadStatistic.LOG_SUM_SQUARED_PROBS)[0]));
    assertEquals(needs, weighted.requirements());
    assertEquals(0.7 * -1, PAIRS.evaluate(weighted).value(), 1e-15); // as ScoredBatch makes it up
  }

  @Test
  void rewardsMustBeDeclared() {
    Objective silent =
        odd(Requirements.NONE.withOwnRewards(), c -> LossValue.of(c.chosen().logProb()));
    assertEquals(
        "row 0: the loss odd returns no rewards, but declares its own. It is " + ORIGIN,
        failure(silent));
    Objective undeclared =
        odd(Requirements.NONE, c -> LossValue.of(c.chosen().logProb()).withRewards(1, 0));
    assertEquals(
        "row 0: the loss odd returns rewards that it does not declare. It is " + ORIGIN,
        failure(undeclared));
  }

  @Test
  void rowWiseLossHasNoMemory() {
    Objective remembering =
        odd(
            Requirements.NONE,
            c -> LossValue.of(c.chosen().logProb()).withState(LossState.EMPTY.with("seen", 1)));
    assertEquals(
        "row 0: the loss odd returns a state, but is row-wise. It is " + ORIGIN,
        failure(remembering));
  }

  @Test
  void whatItThrowsIsTold() {
    Iterator<Integer> calls = List.of(0, 1).iterator();
    Objective throwing =
        odd(
            Requirements.REFERENCE,
            c -> {
              if (calls.next() == 1) throw new IndexOutOfBoundsException("no 7");
              return LossValue.of(c.logRatioMargin());
            });
    assertEquals(
        "row 1: the loss odd fails: java.lang.IndexOutOfBoundsException: no 7. It is " + ORIGIN,
        failure(throwing));
  }

  @Test
  void nothingIsNoLoss() {
    Objective nothing = odd(Requirements.NONE, new Nothing());
    assertEquals("row 0: the loss odd returns null. It is " + ORIGIN, failure(nothing));
  }

  private static final class Nothing implements Function<Comparison, LossValue> {
    @Override
    @SuppressWarnings("NullAway") // as somebody may
    public LossValue apply(Comparison comparison) {
      return null;
    }
  }

  /** A mutable loss that compares each row with the one before. */
  @Test
  void numbersOfAnotherRow() {
    List<Var> seen = new ArrayList<>(List.of(Var.of(0)));
    Objective mixing =
        odd(
            Requirements.REFERENCE,
            c -> {
              seen.add(c.logRatioMargin());
              return LossValue.of(seen.get(seen.size() - 1).minus(seen.get(seen.size() - 2)));
            });
    assertEquals(
        "row 0: the loss odd uses numbers of this row in the loss of another; one that needs several"
            + " rows is a BatchwiseLoss. It is "
            + ORIGIN,
        failure(mixing));
  }

  @Test
  void metricsAndRewardsThatAreNotFinite() {
    Objective metric =
        odd(
            Requirements.NONE,
            c -> LossValue.of(c.chosen().logProb()).withMetric("odds", Double.NaN));
    assertEquals(
        "row 0: the loss odd gives NaN for odds",
        assertThrows(ArithmeticException.class, () -> PAIRS.evaluate(metric)).getMessage());
    Objective rewards =
        odd(
            Requirements.NONE.withOwnRewards(),
            c -> LossValue.of(c.chosen().logProb()).withRewards(0, Double.NEGATIVE_INFINITY));
    assertEquals(
        "row 0: the loss odd gives -Infinity for rewards/rejected",
        assertThrows(ArithmeticException.class, () -> PAIRS.evaluate(rewards)).getMessage());
  }

  /** A loss of the whole batch that is whatever a test says. */
  private record WholeLoss(Function<List<Comparison>, LossValue> of)
      implements BatchwiseLoss<Comparison> {
    @Override
    public Class<Comparison> view() {
      return Comparison.class;
    }

    @Override
    public LossValue evaluate(List<Comparison> batch, LossState state) {
      return of.apply(batch);
    }
  }

  /** The mean of logs is undefined for the one row whose margin is not above 0. */
  @Test
  void theRowThatSpoilsABatch() {
    Scores better = Scores.constant(-1, -2, 1);
    Scores worse = Scores.constant(-3, -2, 1);
    ScoredBatch batch =
        ScoredBatch.empty().pair(better, worse).pair(worse, better).pair(better, worse);
    Objective logs =
        Objective.of(
            new WholeLoss(
                all ->
                    LossValue.of(
                        Var.mean(all.stream().map(c -> c.logRatioMargin().log()).toList()))));
    assertEquals(
        "rows [1] of [0, 1, 2]: the loss whole is NaN",
        assertThrows(ArithmeticException.class, () -> batch.evaluate(logs)).getMessage());
    Objective none = Objective.of(new WholeLoss(all -> LossValue.of(Var.of(Double.NaN))));
    assertEquals(
        "rows [0, 1, 2]: the loss whole is NaN",
        assertThrows(ArithmeticException.class, () -> batch.evaluate(none)).getMessage());
    Objective beyond =
        Objective.of(new WholeLoss(all -> LossValue.of(all.get(7).logRatioMargin())));
    String said = assertThrows(InputException.class, () -> batch.evaluate(beyond)).getMessage();
    assertTrue(
        said.startsWith("rows [0, 1, 2]: the loss whole fails: java.lang.IndexOutOfBounds"), said);
    assertTrue(said.contains("It is " + WholeLoss.class.getName() + " in "), said);
  }

  private static TokenizedExample example(
      Judgement judgement, Map<String, Object> columns, int completions) {
    return ScoredBatch.empty()
        .with(judgement, columns, Collections.nCopies(completions, ANY))
        .examples()
        .get(0);
  }
}
