package org.dpo4j.testkit;

import static org.dpo4j.loss.LossOption.BETA;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.dpo4j.autodiff.Var;
import org.dpo4j.loss.BatchwiseLoss;
import org.dpo4j.loss.Comparison;
import org.dpo4j.loss.Evaluation;
import org.dpo4j.loss.LossFactory;
import org.dpo4j.loss.LossOption;
import org.dpo4j.loss.LossState;
import org.dpo4j.loss.LossValue;
import org.dpo4j.loss.PairwiseLoss;
import org.dpo4j.loss.PreferenceLoss;
import org.dpo4j.loss.PreferenceLossFactory;
import org.dpo4j.loss.Range;
import org.dpo4j.loss.SigmoidLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Each promise of the contract is broken by a loss, and the contract says so. */
class LossContractTest {
  private static final Map<String, Double> DEFAULTS = Map.of();

  @TempDir private Path directory;

  private record Odd(double beta, Function<Comparison, LossValue> of) implements PairwiseLoss {
    @Override
    public LossValue evaluate(Comparison comparison) {
      return of.apply(comparison);
    }
  }

  private record OddBatch(double beta, BiFunction<List<Comparison>, LossState, LossValue> of)
      implements BatchwiseLoss<Comparison> {
    @Override
    public Class<Comparison> view() {
      return Comparison.class;
    }

    @Override
    public String name() {
      return "odd";
    }

    @Override
    public LossValue evaluate(List<Comparison> batch, LossState state) {
      return of.apply(batch, state);
    }
  }

  private static final class OddFactory extends LossFactory {
    OddFactory(String summary, Supplier<PreferenceLoss<?>> loss, LossOption... options) {
      super("odd", summary, o -> loss.get(), options);
    }
  }

  /** A contract that a test asks promise by promise. */
  static class Contract extends LossContract {
    private final PreferenceLossFactory factory;

    Contract(PreferenceLossFactory factory) {
      this.factory = factory;
    }

    @Override
    protected PreferenceLossFactory factory() {
      return factory;
    }
  }

  private static Contract pairs(Function<Comparison, Var> of) {
    return new Contract(
        new OddFactory("a test's", () -> new Odd(0.1, c -> LossValue.of(of.apply(c))), BETA));
  }

  private static Contract batches(BiFunction<List<Comparison>, LossState, LossValue> of) {
    return new Contract(new OddFactory("a test's", () -> new OddBatch(0.1, of), BETA));
  }

  private static Var dpo(Comparison c) {
    return c.logRatioMargin().times(0.1).logSigmoid().negate();
  }

  private static Var mean(List<Comparison> batch) {
    return Var.mean(batch.stream().map(LossContractTest::dpo).toList());
  }

  private static void assertBroken(String says, Executable promise) {
    Throwable e = assertThrows(Throwable.class, promise, "nobody noticed");
    assertTrue(String.valueOf(e.getMessage()).contains(says), () -> says + ": " + e);
  }

  @Test
  void lossThatIsNotRegistered() {
    assertBroken("There is no loss \"odd\"", pairs(LossContractTest::dpo)::isFoundByItsName);
  }

  @Test
  void whatIsNotDocumented() {
    Supplier<PreferenceLoss<?>> loss = () -> new SigmoidLoss(0.1);
    assertBroken("summary", new Contract(new OddFactory(" ", loss))::isDocumented);
    LossOption silent = new LossOption("odd.step", 1, Range.ANY, "");
    assertBroken("doc of odd.step", new Contract(new OddFactory("a", loss, silent))::isDocumented);
    LossOption bare = new LossOption("step", 1, Range.ANY, "Of a test.");
    assertBroken("call it odd.step", new Contract(new OddFactory("a", loss, bare))::isDocumented);
  }

  @Test
  void optionThatNothingReads() {
    Contract deaf = pairs(LossContractTest::dpo); // always 0.1
    assertBroken("beta changes nothing", deaf::everyOptionMatters);
    assertBroken("0.37", () -> deaf.hasTheBetaThatWasGiven(Map.of("beta", 0.37)));
  }

  @Test
  void gradientThatIsNotThatOfTheValue() {
    Contract half = pairs(c -> c.logRatioMargin().times(c.logRatioMargin().value()));
    assertBroken("gradient of", () -> half.gradientEqualsFiniteDifferences(DEFAULTS));
    Contract later = // wrong from the second batch on
        batches(
            (batch, state) -> {
              Var mean = mean(batch);
              double seen = state.get("seen", 0);
              return LossValue.of(mean.times(seen > 0 ? mean.value() : 1))
                  .withState(state.with("seen", seen + 1));
            });
    assertBroken("gradient of", () -> later.gradientEqualsFiniteDifferences(DEFAULTS));
  }

  @Test
  void lossThatIsHeldAtAnotherValue() {
    Contract elsewhere =
        new Contract(new SigmoidLoss.Factory()) {
          @Override
          protected PreferenceLoss<?> heldAt(PreferenceLoss<?> loss, Evaluation at) {
            return new SigmoidLoss(0.2);
          }
        };
    assertBroken("value as held", () -> elsewhere.gradientEqualsFiniteDifferences(DEFAULTS));
  }

  @Test
  void lossThatSeesTheOrderOfRows() {
    Contract first = batches((batch, state) -> LossValue.of(dpo(batch.get(0))));
    assertBroken("value", () -> first.orderOfRowsDoesNotMatter(DEFAULTS));
    Contract remembersTheLast =
        batches(
            (batch, state) ->
                LossValue.of(mean(batch))
                    .withState(state.with("last", dpo(batch.get(batch.size() - 1)).value())));
    assertBroken("last", () -> remembersTheLast.orderOfRowsDoesNotMatter(DEFAULTS));
    Contract logsTheFirst =
        batches(
            (batch, state) ->
                LossValue.of(mean(batch)).withMetric("first", dpo(batch.get(0)).value()));
    assertBroken("first", () -> logsTheFirst.orderOfRowsDoesNotMatter(DEFAULTS));
  }

  @Test
  void memoryThatIsNotInTheState() {
    Contract counts =
        new Contract(
            new OddFactory(
                "a test's",
                () -> {
                  double[] calls = {0};
                  return new Odd(0.1, c -> LossValue.of(dpo(c).times(++calls[0])));
                }));
    assertBroken("value", () -> counts.partsOfABatchAddUp(DEFAULTS));
    Contract remembers =
        new Contract(
            new OddFactory(
                "a test's",
                () -> {
                  double[] mean = {0};
                  return new OddBatch(
                      0.1,
                      (batch, state) -> {
                        Var now = mean(batch);
                        mean[0] = (mean[0] + now.value()) / 2;
                        return LossValue.of(now.minus(mean[0]));
                      });
                }));
    assertBroken("loss of step 1", () -> remembers.microBatchesTrainTheSame(DEFAULTS, directory));
    assertBroken("value of batch 1", () -> remembers.stateSurvivesBeingSaved(DEFAULTS));
  }

  @Test
  void numbersThatOverflow() {
    Contract steep = pairs(c -> c.logRatioMargin().negate().exp());
    assertBroken("the loss odd is Infinity", () -> steep.isFiniteAtExtremes(DEFAULTS));
    Contract logsIt =
        batches(
            (batch, state) -> {
              double margin = batch.get(0).logRatioMargin().value();
              return LossValue.of(mean(batch)).withMetric("odds", Math.exp(margin));
            });
    assertBroken("gives Infinity for odds", () -> logsIt.isFiniteAtExtremes(DEFAULTS));
    Contract addsUp =
        batches(
            (batch, state) ->
                LossValue.of(mean(batch))
                    .withState(state.with("product", 1e3 * state.get("product", 1))));
    assertBroken("product is Infinity", () -> addsUp.isFiniteAtExtremes(DEFAULTS));
  }
}
