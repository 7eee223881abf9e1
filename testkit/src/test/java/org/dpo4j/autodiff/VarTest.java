package org.dpo4j.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VarTest {
  /** Steps of the finite differences: of smooth functions, of linear ones, near a singularity. */
  private static final DoubleUnaryOperator SMALL = x -> 1e-5;

  private static final DoubleUnaryOperator ONE = x -> 1;
  private static final DoubleUnaryOperator RELATIVE = x -> 1e-5 * Math.abs(x);

  private static final double[] EVERYWHERE = {-745, -40, -1.5, -1e-8, 0, 1e-8, 0.3, 2, 40, 700};
  private static final double[] POSITIVE = {1e-300, 1e-8, 0.3, 1, 2, 1e8, 1e300};
  private static final double[] NEGATIVE = {-745, -40, -1, -0.6931, -1e-3, -1e-10, -1e-100};

  static Stream<Arguments> ofOneNumber() {
    return Stream.of(
        one("plus 3", x -> x.plus(3), EVERYWHERE),
        one("minus 3", x -> x.minus(3), EVERYWHERE),
        one("times -2.5", x -> x.times(-2.5), EVERYWHERE),
        one("divided by -2.5", x -> x.dividedBy(-2.5), EVERYWHERE),
        one("negate", Var::negate, EVERYWHERE),
        one("square", Var::square, EVERYWHERE),
        one("exp", Var::exp, EVERYWHERE),
        one("expm1", Var::expm1, EVERYWHERE),
        one("log", Var::log, POSITIVE),
        one("max 0.1", x -> x.max(0.1), EVERYWHERE),
        one("min 0.1", x -> x.min(0.1), EVERYWHERE),
        one("sigmoid", Var::sigmoid, EVERYWHERE),
        one("logSigmoid", Var::logSigmoid, EVERYWHERE),
        one("log1mExp", Var::log1mExp, NEGATIVE),
        one("times itself", x -> x.times(x), EVERYWHERE),
        one("divided by itself", x -> x.dividedBy(x), POSITIVE));
  }

  private static Arguments one(String name, UnaryOperator<Var> f, double[] at) {
    return Arguments.of(name, f, at);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ofOneNumber")
  void slopeEqualsFiniteDifference(String name, UnaryOperator<Var> f, double[] at) {
    DoubleUnaryOperator step = at == EVERYWHERE ? SMALL : RELATIVE;
    for (double x : at) assertSlopes(step, v -> f.apply(v.get(0)), x);
  }

  static Stream<Arguments> ofTwoNumbers() {
    return Stream.of(
        two("plus", Var::plus, ONE),
        two("minus", Var::minus, ONE),
        two("times", Var::times, ONE),
        two("divided by", Var::dividedBy, RELATIVE));
  }

  private static Arguments two(String name, BinaryOperator<Var> f, DoubleUnaryOperator step) {
    return Arguments.of(name, f, step);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ofTwoNumbers")
  void slopesOfBothEqualFiniteDifferences(
      String name, BinaryOperator<Var> f, DoubleUnaryOperator step) {
    for (double x : new double[] {-1e6, -0.3, 1e-6, 5}) {
      for (double y : new double[] {-1e6, -0.7, 1e-6, 3}) {
        assertSlopes(step, v -> f.apply(v.get(0), v.get(1)), x, y);
      }
    }
  }

  static Stream<Arguments> ofManyNumbers() {
    return Stream.of(
        many("sum", Var::sum),
        many("mean", Var::mean),
        many("logSumExp", Var::logSumExp),
        many("weighted by rank", VarTest::weightedByRank));
  }

  private static Arguments many(String name, Function<List<Var>, Var> f) {
    return Arguments.of(name, f);
  }

  private static Var weightedByRank(List<Var> terms) {
    List<Var> weighted = new ArrayList<>();
    for (Var term : Var.sorted(terms)) weighted.add(term.times(weighted.size() + 1));
    return Var.sum(weighted);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ofManyNumbers")
  void slopesOfAllEqualFiniteDifferences(String name, Function<List<Var>, Var> f) {
    assertSlopes(SMALL, f, 0.4);
    assertSlopes(SMALL, f, 0.4, -1.2, 3, 2.9);
    assertSlopes(SMALL, f, -1e4, 1e4, 9_999.5);
    assertSlopes(SMALL, f, -1e4, -1e4 + 1);
  }

  @Test
  void valuesAreExactFarFromZeroAndNearIt() {
    assertEquals(-1e4, Var.of(-1e4).logSigmoid().value());
    assertEquals(-Math.exp(-40), Var.of(40).logSigmoid().value(), 1e-30);
    assertEquals(Math.exp(-740), Var.of(-740).sigmoid().value());
    assertEquals(1e-20, Var.of(1e-20).expm1().value());
    assertEquals(-Math.exp(-50), Var.of(-50).log1mExp().value(), 1e-35);
    assertEquals(Math.log(1e-20), Var.of(-1e-20).log1mExp().value());
    assertEquals(1000 + Math.log(2), logSumExp(1000, 1000));
    assertEquals(-1000 + Math.log(2), logSumExp(-1000, -1000));
    assertEquals(0, Var.sum(List.of()).value());
  }

  private static double logSumExp(double... x) {
    return Var.logSumExp(DoubleStream.of(x).mapToObj(Var::of).toList()).value();
  }

  @Test
  void kinksHaveTheConstantsSlope() {
    assertEquals(0, slope(x -> x.max(2), 2));
    assertEquals(0, slope(x -> x.min(2), 2));
  }

  @Test
  void whatIsUndefinedStaysUndefined() {
    assertEquals(Double.NaN, Var.of(-1).log().value());
    assertEquals(Double.NEGATIVE_INFINITY, Var.of(0).log().value());
    assertEquals(Double.NEGATIVE_INFINITY, Var.of(0).log1mExp().value());
    assertEquals(Double.NaN, Var.of(1).log1mExp().value());
    assertThrows(IllegalArgumentException.class, () -> Var.mean(List.of()));
    assertThrows(IllegalArgumentException.class, () -> Var.logSumExp(List.of()));
  }

  /** Equal values keep their order, so that a batchwise loss is the same on every run. */
  @Test
  void sortingIsStable() {
    Var low = Var.of(-1);
    Var first = Var.of(2);
    Var second = Var.of(2);
    assertEquals(List.of(low, first, second), Var.sorted(List.of(first, second, low)));
  }

  /** d/dx of (x^2 + 1)(x^2 + x) = 4x^3 + 3x^2 + 2x + 1: 49 at 2. */
  @Test
  void usesOfOneNumberAddUp() {
    Var x = Var.of(2);
    Var square = x.square();
    square.plus(1).times(square.plus(x)).backward();
    assertEquals(49, x.gradient());
  }

  /** Results that share an intermediate number: d(3u + 5u)/dx with u = x^2 is 16x. */
  @Test
  void gradientsOfSeveralResultsAddUp() {
    Var x = Var.of(0.5);
    Var shared = x.square();
    shared.times(3).backward();
    assertEquals(3, x.gradient());
    shared.times(5).backward();
    assertEquals(3 + 5, x.gradient());
    assertEquals(5, shared.gradient());
  }

  /** A value read from a number is a constant: d(x * value(x))/dx is the value, not 2x. */
  @Test
  void noGradientGoesThroughValue() {
    assertEquals(3, slope(x -> x.times(x.value()), 3));
  }

  @Test
  void depthIsNoLimit() {
    assertEquals(
        1,
        slope(
            x -> {
              Var sum = x;
              for (int i = 0; i < 1_000_000; i++) sum = sum.plus(1);
              return sum;
            },
            0));
  }

  private static double slope(UnaryOperator<Var> f, double at) {
    Var x = Var.of(at);
    f.apply(x).backward();
    return x.gradient();
  }

  /** Against central differences: to 1e-6, relative above 1. */
  private static void assertSlopes(
      DoubleUnaryOperator stepAt, Function<List<Var>, Var> f, double... at) {
    List<Var> x = DoubleStream.of(at).mapToObj(Var::of).toList();
    f.apply(x).backward();
    for (int i = 0; i < at.length; i++) {
      double step = stepAt.applyAsDouble(at[i]);
      double[] up = at.clone();
      up[i] += step;
      double[] down = at.clone();
      down[i] -= step;
      double slope = (value(f, up) - value(f, down)) / (up[i] - down[i]);
      assertEquals(
          slope,
          x.get(i).gradient(),
          1e-6 * Math.max(1, Math.abs(slope)),
          "by number " + i + " of " + Arrays.toString(at));
    }
  }

  private static double value(Function<List<Var>, Var> f, double[] at) {
    return f.apply(DoubleStream.of(at).mapToObj(Var::of).toList()).value();
  }
}
