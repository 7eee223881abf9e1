package org.dpo4j.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.dpo4j.autodiff.Var;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one completion as the engines gave them, and the start of its tape. The sum of the
 * log-probs and the single log-probs are leaves side by side: the gradient of a token is the sum's
 * plus its own, and a loss that reads only sums makes no number per token.
 */
final class CompletionScores {
  private final TokenizedExample example;
  private final int completion;
  private final double[] policy;
  private final double @Nullable [] reference;
  private final Map<HeadStatistic, double[]> statistics;
  private final int from;
  private final int to;
  private final Var logProb;
  private @Nullable List<Var> tokenLogProbs;

  /**
   * @param policy {@code [predictions]} of the whole batch, of which this completion has {@code
   *     from} to {@code to}; so have reference and statistics
   */
  CompletionScores(
      TokenizedExample example,
      int completion,
      double[] policy,
      double @Nullable [] reference,
      Map<HeadStatistic, double[]> statistics,
      int from) {
    this.example = example;
    this.completion = completion;
    this.policy = policy;
    this.reference = reference;
    this.statistics = statistics;
    this.from = from;
    this.to = from + example.completions().get(completion).predictions();
    requireFinite("policy", policy);
    if (reference != null) requireFinite("reference", reference);
    this.logProb = Var.of(sum(policy));
  }

  String place() {
    return "row " + example.row() + ", completion " + completion;
  }

  /** Where the next completion's predictions begin. */
  int end() {
    return to;
  }

  int tokens() {
    return example.completions().get(completion).ids().size();
  }

  Var logProb() {
    return logProb;
  }

  List<Var> tokenLogProbs() {
    if (tokenLogProbs == null) {
      List<Var> tokens = new ArrayList<>(to - from);
      for (int t = from; t < to; t++) tokens.add(Var.of(policy[t]));
      tokenLogProbs = List.copyOf(tokens);
    }
    return tokenLogProbs;
  }

  boolean hasReference() {
    return reference != null;
  }

  /** NaN where there is none. */
  double referenceLogProb() {
    return reference == null ? Double.NaN : sum(reference);
  }

  double[] referenceTokenLogProbs() {
    if (reference == null) throw new IllegalStateException(place() + " has no reference");
    return Arrays.copyOfRange(reference, from, to);
  }

  double[] statistic(HeadStatistic statistic) {
    double[] values = statistics.get(statistic);
    if (values == null) throw new IllegalStateException(place() + " has no " + statistic);
    return Arrays.copyOfRange(values, from, to);
  }

  double column(String name) {
    return column(example, name);
  }

  /** A field of a row that has to be a finite number. */
  static double column(TokenizedExample example, String name) {
    Object value = example.columns().get(name);
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    String problem = value == null ? "is missing" : "is \"" + value + "\"";
    throw new InputException(
        "row %d, field \"%s\": %s, expected a finite number"
            .formatted(example.row(), name, problem));
  }

  /**
   * Writes the gradient that {@link Var#backward} left into its place in {@code [predictions]}.
   *
   * @param latest the loss that went backward last
   */
  void writeGradient(double[] gradient, PreferenceLoss<?> latest) {
    for (int t = from; t < to; t++) {
      double ofToken = tokenLogProbs == null ? 0 : tokenLogProbs.get(t - from).gradient();
      gradient[t] = logProb.gradient() + ofToken;
      if (!Double.isFinite(gradient[t])) {
        throw new ArithmeticException(
            place() + ": the gradient of the loss " + latest.name() + " is " + gradient[t]);
      }
    }
  }

  /** The sum of the absolute gradients that {@link Var#backward} left. */
  double gradientSize() {
    double size = Math.abs(logProb.gradient());
    if (tokenLogProbs != null) {
      for (Var token : tokenLogProbs) size += Math.abs(token.gradient());
    }
    return size;
  }

  private double sum(double[] values) {
    double sum = 0;
    for (int t = from; t < to; t++) sum += values[t];
    return sum;
  }

  private void requireFinite(String model, double[] values) {
    for (int t = from; t < to; t++) {
      if (Double.isFinite(values[t])) continue;
      throw new ArithmeticException(
          ("%s: the %s gives its scored token %d the log-prob %s, expected a finite number. The"
                  + " training has diverged (try a lower learning rate) or the weights are damaged.")
              .formatted(place(), model, t - from, values[t]));
    }
  }
}
