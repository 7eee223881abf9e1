package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dpo4j.autodiff.Var;
import org.dpo4j.preference.Judgement;
import org.dpo4j.service.InputException;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;

/** What each judgement shows to losses of each view; log-ratios stand for the completions. */
class ViewTest {
  private static final Judgement UP = new Judgement.Thumb(true);
  private static final Judgement DOWN = new Judgement.Thumb(false);
  private static final Judgement TIED = new Judgement.Order(List.of(1, 0, 1));
  private static final Judgement RANKED = new Judgement.Order(List.of(7, 2, 5));
  private static final Judgement BEST = new Judgement.Best(1);

  /** Every pair of unequal rank; a winner against each of the others. */
  @Test
  void comparisonsAreOfUnequalRank() {
    Function<Comparison, String> two =
        c -> c.chosen().logRatio().value() + ">" + c.rejected().logRatio().value();
    assertEquals(List.of("1.0>2.0"), seen(Comparison.class, two, Judgement.PAIR, 1, 2));
    assertEquals(
        List.of("2.0>1.0", "2.0>3.0", "3.0>1.0"), seen(Comparison.class, two, RANKED, 1, 2, 3));
    assertEquals(List.of("2.0>1.0", "2.0>3.0"), seen(Comparison.class, two, TIED, 1, 2, 3));
    assertEquals(List.of("2.0>1.0", "2.0>3.0"), seen(Comparison.class, two, BEST, 1, 2, 3));
    assertRefused(Comparison.class, UP, 1);
    assertRefused(Comparison.class, Judgement.NONE, 2);
    assertRefused(Comparison.class, new Judgement.Order(List.of(4, 4)), 2);
  }

  @Test
  void whatIsJudgedIsGoodIfBest() {
    Function<Labelled, String> one = l -> l.completion().logRatio().value() + " " + l.good();
    assertEquals(List.of("1.0 true"), seen(Labelled.class, one, UP, 1));
    assertEquals(List.of("1.0 false"), seen(Labelled.class, one, DOWN, 1));
    assertEquals(List.of("1.0 true", "2.0 false"), seen(Labelled.class, one, Judgement.PAIR, 1, 2));
    assertEquals(
        List.of("1.0 false", "2.0 true", "3.0 false"), seen(Labelled.class, one, BEST, 1, 2, 3));
    assertRefused(Labelled.class, Judgement.NONE, 1);
  }

  @Test
  void whatIsBestOrNotJudgedIsToBeImitated() {
    Function<Demonstration, Double> one = d -> d.completion().logRatio().value();
    assertEquals(List.of(1.0), seen(Demonstration.class, one, Judgement.PAIR, 1, 2));
    assertEquals(List.of(2.0), seen(Demonstration.class, one, TIED, 1, 2, 3));
    assertEquals(List.of(1.0, 2.0), seen(Demonstration.class, one, Judgement.NONE, 1, 2));
    assertEquals(List.of(1.0), seen(Demonstration.class, one, UP, 1));
    assertEquals(List.of(), seen(Demonstration.class, one, DOWN, 1));
  }

  @Test
  void choicesHaveOneWinner() {
    Function<Choice, String> all =
        c ->
            c.winner().logRatio().value()
                + ">"
                + c.others().stream().map(o -> o.logRatio().value()).toList();
    assertEquals(List.of("2.0>[1.0, 3.0]"), seen(Choice.class, all, BEST, 1, 2, 3));
    assertEquals(List.of("2.0>[1.0, 3.0]"), seen(Choice.class, all, TIED, 1, 2, 3));
    assertRefused(Choice.class, new Judgement.Order(List.of(0, 0, 1)), 3);
    assertRefused(Choice.class, new Judgement.Best(0), 1);
  }

  @Test
  void rankingsHaveNoTies() {
    Function<Ranking, List<Double>> all =
        r -> r.bestFirst().stream().map(c -> c.logRatio().value()).toList();
    assertEquals(List.of(List.of(2.0, 3.0, 1.0)), seen(Ranking.class, all, RANKED, 1, 2, 3));
    assertRefused(Ranking.class, TIED, 3);
    assertRefused(Ranking.class, BEST, 3);
    assertRefused(Ranking.class, new Judgement.Best(0), 2);
  }

  /** Plackett-Luce at the reference: log of the number of orders; of (.3, .1, -.2): 1.440295. */
  @Test
  void aListwiseLossHasAPlace() {
    Judgement order = new Judgement.Order(List.of(0, 1, 2));
    Probe<Ranking> loss = new Probe<>(Ranking.class, ViewTest::plackettLuce);
    assertEquals(Math.log(6), batch(order, 0, 0, 0).evaluate(Objective.of(loss)).value(), 1e-15);
    assertEquals(1.440295, batch(order, .3, .1, -.2).evaluate(Objective.of(loss)).value(), 1e-6);
  }

  /** S-DPO at the reference: log of the number of completions. */
  @Test
  void aChoiceLossHasAPlace() {
    Probe<Choice> loss = new Probe<>(Choice.class, ViewTest::softmax);
    Judgement best = new Judgement.Best(2);
    assertEquals(Math.log(4), batch(best, 0, 0, 0, 0).evaluate(Objective.of(loss)).value(), 1e-15);
  }

  private static Var plackettLuce(Ranking ranking) {
    List<Var> u = ranking.bestFirst().stream().map(ScoredCompletion::logRatio).toList();
    List<Var> steps = new ArrayList<>();
    for (int k = 0; k < u.size(); k++) {
      steps.add(Var.logSumExp(u.subList(k, u.size())).minus(u.get(k)));
    }
    return Var.sum(steps);
  }

  private static Var softmax(Choice choice) {
    List<Var> u = new ArrayList<>(List.of(choice.winner().logRatio()));
    for (ScoredCompletion other : choice.others()) u.add(other.logRatio());
    return Var.logSumExp(u).minus(u.get(0));
  }

  private record Probe<V extends View>(Class<V> view, Function<V, Var> of) implements RowLoss<V> {
    @Override
    public LossValue evaluate(V view) {
      return LossValue.of(of.apply(view));
    }
  }

  private static ScoredBatch batch(Judgement judgement, double... logRatios) {
    List<Scores> scores = new ArrayList<>();
    for (double u : logRatios) scores.add(Scores.constant(u - 9, -9, 1));
    return ScoredBatch.empty().with(judgement, scores.toArray(Scores[]::new));
  }

  private static <V extends View, T> List<T> seen(
      Class<V> type, Function<V, T> look, Judgement judgement, double... logRatios) {
    List<T> seen = new ArrayList<>();
    Probe<V> probe =
        new Probe<>(
            type,
            view -> {
              seen.add(look.apply(view));
              return Var.of(0);
            });
    ScoredBatch batch = batch(judgement, logRatios);
    Objective objective = Objective.of(probe);
    objective.check(batch.examples().get(0));
    batch.evaluate(objective);
    assertEquals(
        seen.size(), objective.count(batch.examples()).losses().get(0).evaluations(), "counted");
    return seen;
  }

  private static void assertRefused(Class<? extends View> type, Judgement judgement, int size) {
    Objective objective = Objective.of(new Probe<>(type, view -> Var.of(0)));
    ScoredBatch batch = batch(judgement, new double[size]);
    assertThrows(InputException.class, () -> objective.check(batch.examples().get(0)));
  }
}
