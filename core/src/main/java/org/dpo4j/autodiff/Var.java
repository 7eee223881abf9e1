package org.dpo4j.autodiff;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * A number in double precision that knows how it was made, so that {@link #backward} finds the
 * gradient of a result with respect to everything that it was made from (reverse-mode automatic
 * differentiation; Griewank and Walther 2008, chapter 3).
 *
 * <p>Values never change. Every operation keeps its exact slope at the value where it was computed,
 * and is accurate over the whole range of a double; where the mathematical result is infinite or
 * undefined, so is the value (and the slope where it became so), and nothing is clamped in silence.
 * At a kink ({@link #max}, {@link #min}) the slope is that of the constant, 0, as in PyTorch.
 *
 * <p>Not for use by several threads at once: {@code backward} writes into the numbers it meets.
 */
public final class Var {
  private static final Var[] NONE = {};
  private static final double[] NO_SLOPES = {};

  private final double value;
  private final Var[] from;

  /** {@code d value / d from[i]}. */
  private final double[] slopes;

  private double gradient;

  /** During {@link #backward}: how many uses of this number have not yet passed their part on. */
  private int owed;

  private Var(double value, Var[] from, double[] slopes) {
    this.value = value;
    this.from = from;
    this.slopes = slopes;
  }

  /** A number that was made from nothing: a constant, or one to differentiate by. */
  public static Var of(double value) {
    return new Var(value, NONE, NO_SLOPES);
  }

  /** The sum of any number of terms; 0 of none. */
  public static Var sum(List<Var> terms) {
    double total = 0;
    for (Var term : terms) total += term.value;
    double[] ones = new double[terms.size()];
    Arrays.fill(ones, 1);
    return new Var(total, terms.toArray(NONE), ones);
  }

  /** The mean of at least one term. */
  public static Var mean(List<Var> terms) {
    requireSome(terms, "mean");
    return sum(terms).dividedBy(terms.size());
  }

  /** {@code log(sum_i exp(x_i))} of at least one term, without overflow. */
  public static Var logSumExp(List<Var> terms) {
    requireSome(terms, "logSumExp");
    double max = Double.NEGATIVE_INFINITY;
    for (Var term : terms) max = Math.max(max, term.value);
    double[] weights = new double[terms.size()];
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(terms.get(i).value - max);
      total += weights[i];
    }
    for (int i = 0; i < weights.length; i++) weights[i] /= total;
    return new Var(max + Math.log(total), terms.toArray(NONE), weights);
  }

  /** The same numbers in ascending order of their values; equal ones keep their order. */
  public static List<Var> sorted(List<Var> terms) {
    return terms.stream().sorted(Comparator.comparingDouble(Var::value)).toList();
  }

  public Var plus(Var other) {
    return binary(value + other.value, 1, other, 1);
  }

  public Var plus(double constant) {
    return unary(value + constant, 1);
  }

  public Var minus(Var other) {
    return binary(value - other.value, 1, other, -1);
  }

  public Var minus(double constant) {
    return unary(value - constant, 1);
  }

  public Var times(Var other) {
    return binary(value * other.value, other.value, other, value);
  }

  public Var times(double constant) {
    return unary(value * constant, constant);
  }

  public Var dividedBy(Var other) {
    double quotient = value / other.value;
    return binary(quotient, 1 / other.value, other, -quotient / other.value);
  }

  public Var dividedBy(double constant) {
    return unary(value / constant, 1 / constant);
  }

  public Var negate() {
    return unary(-value, -1);
  }

  public Var square() {
    return unary(value * value, 2 * value);
  }

  public Var exp() {
    double result = Math.exp(value);
    return unary(result, result);
  }

  /** {@code e^x - 1}, exact near 0. */
  public Var expm1() {
    return unary(Math.expm1(value), Math.exp(value));
  }

  /** The natural logarithm. */
  public Var log() {
    return unary(Math.log(value), 1 / value);
  }

  /** The larger of this and a constant: {@code max(0)} is the rectifier. */
  public Var max(double constant) {
    return unary(Math.max(value, constant), value > constant ? 1 : 0);
  }

  /** The smaller of this and a constant. */
  public Var min(double constant) {
    return unary(Math.min(value, constant), value < constant ? 1 : 0);
  }

  /** {@code 1 / (1 + e^-x)}. */
  public Var sigmoid() {
    return unary(sigmoid(value), sigmoid(value) * sigmoid(-value));
  }

  /** {@code log(sigmoid(x)) = -log(1 + e^-x)}, exact far from 0 on both sides. */
  public Var logSigmoid() {
    double result = Math.min(value, 0) - Math.log1p(Math.exp(-Math.abs(value)));
    return unary(result, sigmoid(-value));
  }

  /**
   * {@code log(1 - e^x)} for x below 0, exact near 0 as well as far from it (Mächler 2012, {@code
   * log1mexp}); negative infinity at 0, NaN above.
   */
  public Var log1mExp() {
    boolean near = value > -Math.log(2);
    double result = near ? Math.log(-Math.expm1(value)) : Math.log1p(-Math.exp(value));
    return unary(result, -1 / Math.expm1(-value));
  }

  /** An ordinary number: what is computed from it carries no gradient back to here. */
  public double value() {
    return value;
  }

  /**
   * Of a number that was made from nothing: what every {@link #backward} has added up so far. Of
   * any other: what the latest one found.
   */
  public double gradient() {
    return gradient;
  }

  /**
   * Finds the gradient of this number, {@code d this / d x}, for everything that it was made from,
   * and adds it up in the numbers that were made from nothing: called on several results, it gives
   * the gradient of their sum. Takes time linear in the number of operations, and no recursion.
   */
  public void backward() {
    countUses();
    gradient += 1;
    Deque<Var> ready = new ArrayDeque<>();
    ready.push(this);
    while (!ready.isEmpty()) {
      Var v = ready.pop();
      for (int i = 0; i < v.from.length; i++) {
        Var f = v.from[i];
        f.gradient += v.gradient * v.slopes[i];
        if (--f.owed == 0 && f.from.length > 0) ready.push(f);
      }
    }
  }

  private void countUses() {
    Deque<Var> found = new ArrayDeque<>();
    found.push(this);
    while (!found.isEmpty()) {
      Var v = found.pop();
      if (v.from.length > 0) v.gradient = 0;
      for (Var f : v.from) {
        if (f.owed++ == 0) found.push(f);
      }
    }
  }

  private static void requireSome(List<Var> terms, String operation) {
    if (terms.isEmpty()) {
      throw new IllegalArgumentException("the " + operation + " of no number");
    }
  }

  private Var unary(double result, double slope) {
    // what makes a result undefined can be told from what only passes it on
    boolean undefinedHere = Double.isNaN(result) && !Double.isNaN(value);
    return new Var(result, new Var[] {this}, new double[] {undefinedHere ? Double.NaN : slope});
  }

  private Var binary(double result, double slope, Var other, double otherSlope) {
    return new Var(result, new Var[] {this, other}, new double[] {slope, otherSlope});
  }

  private static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }
}
