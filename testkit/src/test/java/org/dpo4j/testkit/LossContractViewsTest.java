package org.dpo4j.testkit;

import static org.dpo4j.loss.LossOption.BETA;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dpo4j.autodiff.Var;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.loss.Choice;
import org.dpo4j.loss.Comparison;
import org.dpo4j.loss.Demonstration;
import org.dpo4j.loss.Labelled;
import org.dpo4j.loss.LossFactory;
import org.dpo4j.loss.LossValue;
import org.dpo4j.loss.Ranking;
import org.dpo4j.loss.Requirements;
import org.dpo4j.loss.RowLoss;
import org.dpo4j.loss.ScoredCompletion;
import org.dpo4j.loss.View;
import org.dpo4j.testkit.LossContractTest.Contract;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A loss of any view that nothing is wrong with keeps every promise of the contract. */
class LossContractViewsTest {
  @TempDir private Path directory;

  /** A loss of any view, with a column of the row and a statistic of the head. */
  private record OfView<V extends View>(Class<V> view, double beta, Function<V, Var> of)
      implements RowLoss<V> {
    @Override
    public String name() {
      return "odd";
    }

    @Override
    public Requirements requirements() {
      return Requirements.REFERENCE.withColumn("weight").withStatistic(HeadStatistic.ENTROPY);
    }

    @Override
    public LossValue evaluate(V view) {
      return LossValue.of(of.apply(view));
    }
  }

  private static <V extends View> Contract of(
      Class<V> view, BiFunction<Double, V, Var> of) { // the first is beta
    return new Contract(
        new LossFactory(
            "odd",
            "a test's",
            o -> new OfView<>(view, o.get(BETA), v -> of.apply(o.get(BETA), v)),
            BETA) {});
  }

  private static Var lost(double beta, ScoredCompletion c) {
    double weight = Math.exp(c.column("weight") + c.statistic(HeadStatistic.ENTROPY)[0]);
    return c.logRatio().times(beta).logSigmoid().negate().times(weight);
  }

  static Stream<Contract> soundLosses() {
    return Stream.of(
        of(Comparison.class, (beta, c) -> lost(beta, c.chosen()).minus(lost(beta, c.rejected()))),
        of(Labelled.class, (beta, l) -> lost(l.good() ? beta : -beta, l.completion())),
        of(Demonstration.class, (beta, d) -> lost(beta, d.completion())),
        of(Choice.class, (beta, c) -> lost(beta, c.winner()).minus(lost(beta, c.others().get(2)))),
        of(
            Ranking.class,
            (beta, r) -> lost(beta, r.bestFirst().get(0)).minus(lost(beta, r.bestFirst().get(3)))));
  }

  @ParameterizedTest
  @MethodSource("soundLosses")
  void everyPromiseIsKept(Contract sound) {
    assertDoesNotThrow(sound::isDocumented);
    assertDoesNotThrow(sound::everyOptionMatters);
    assertDoesNotThrow(sound::logProbThatIsNoNumberIsNamedWithItsRow);
    for (Map<String, Double> setting : sound.settings()) {
      Path output = directory.resolve(setting.toString());
      assertDoesNotThrow(() -> sound.hasTheBetaThatWasGiven(setting));
      assertDoesNotThrow(() -> sound.gradientEqualsFiniteDifferences(setting));
      assertDoesNotThrow(() -> sound.orderOfRowsDoesNotMatter(setting));
      assertDoesNotThrow(() -> sound.partsOfABatchAddUp(setting));
      assertDoesNotThrow(() -> sound.microBatchesTrainTheSame(setting, output));
      assertDoesNotThrow(() -> sound.isFiniteAtExtremes(setting));
      assertDoesNotThrow(() -> sound.stateSurvivesBeingSaved(setting));
    }
  }
}
