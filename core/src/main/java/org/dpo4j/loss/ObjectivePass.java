package org.dpo4j.loss;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dpo4j.autodiff.Var;
import org.dpo4j.preference.Judgement;
import org.jspecify.annotations.Nullable;

/** One evaluation of an objective. */
final class ObjectivePass {
  private final List<Objective.Weighted> losses;
  private final double beta;
  private final List<ScoredExample> examples;
  private final BatchCounts counts;
  private final Map<String, LossState> states;
  private final BatchMetrics.Recorder metrics = new BatchMetrics.Recorder();

  /** The loss whose own rewards are logged; null where implicit ones are. */
  private final @Nullable PreferenceLoss<?> bringsRewards;

  ObjectivePass(
      Objective objective,
      List<ScoredExample> examples,
      BatchCounts counts,
      Map<String, LossState> states) {
    this.losses = objective.losses();
    this.beta = objective.beta();
    this.examples = examples;
    this.counts = counts;
    this.states = new TreeMap<>(states);
    this.bringsRewards = bringsRewards(losses);
  }

  /** The first loss that reads the reference or brings rewards decides. */
  private static @Nullable PreferenceLoss<?> bringsRewards(List<Objective.Weighted> losses) {
    for (Objective.Weighted w : losses) {
      if (w.loss().requirements().ownRewards()) return w.loss();
      if (w.loss().requirements().reference()) return null;
    }
    return null;
  }

  Evaluation evaluate(int predictions) {
    double value = 0;
    double[] gradient = new double[predictions];
    for (int l = 0; l < losses.size(); l++) {
      Var share = share(losses.get(l).loss(), losses.get(l).weight(), counts.losses().get(l));
      share.backward();
      value += share.value();
      writeGradient(losses.get(l).loss(), gradient);
    }
    for (ScoredExample e : examples) recordMetrics(e);
    return new Evaluation(value, gradient, metrics.metrics(), states);
  }

  /** What a loss adds to the objective. */
  private <V extends View> Var share(
      PreferenceLoss<V> loss, double weight, BatchCounts.OfLoss count) {
    List<Var> terms = new ArrayList<>();
    for (LossValue value : values(loss)) {
      for (LossValue.Term t : value.terms()) {
        int n = Math.max(1, count.of(t.over())); // of none, the term is a sum over nothing: 0
        terms.add(t.value().times(weight / n));
      }
    }
    return Var.sum(terms);
  }

  private <V extends View> List<LossValue> values(PreferenceLoss<V> loss) {
    List<LossValue> values = new ArrayList<>();
    if (loss instanceof RowLoss<V> rowLoss) {
      for (ScoredExample e : examples) {
        for (V view : ViewKind.cut(loss, e)) {
          LossValue value = rowLoss.evaluate(view);
          check(loss, value, "row " + e.example().row());
          values.add(value);
        }
      }
    } else if (loss instanceof BatchwiseLoss<V> batchwise) {
      List<V> views = new ArrayList<>();
      for (ScoredExample e : examples) views.addAll(ViewKind.cut(loss, e));
      if (views.isEmpty()) return values;
      LossState before = states.getOrDefault(loss.name(), LossState.EMPTY);
      LossValue value = batchwise.evaluate(views, before);
      check(loss, value, "rows " + examples.stream().map(e -> e.example().row()).toList());
      if (value.next() != null) states.put(loss.name(), value.next());
      values.add(value);
    }
    for (LossValue value : values) recordMetrics(loss, value);
    return values;
  }

  private static void check(PreferenceLoss<?> loss, LossValue value, String place) {
    String name = "the loss " + loss.name();
    for (LossValue.Term t : value.terms()) {
      if (!Double.isFinite(t.value().value())) {
        throw new ArithmeticException(place + ": " + name + " is " + t.value().value());
      }
    }
    if (value.next() != null && loss instanceof RowLoss) {
      throw new IllegalStateException(name + " returns a state, but is row-wise");
    }
    if (value.rewards() == null && loss.requirements().ownRewards()) {
      throw new IllegalStateException(name + " returns no rewards, but declares its own");
    }
    if (value.rewards() != null && !loss.requirements().ownRewards()) {
      throw new IllegalStateException(name + " returns rewards that it does not declare");
    }
  }

  /** What a loss logs of its own. */
  private void recordMetrics(PreferenceLoss<?> loss, LossValue value) {
    LossValue.Rewards rewards = value.rewards();
    if (rewards != null && loss == bringsRewards) {
      metrics.comparison(rewards.chosen(), rewards.rejected());
    }
    value.metrics().forEach(metrics::add);
  }

  /** Log-probs of each completion, and implicit rewards where no loss brings its own. */
  private void recordMetrics(ScoredExample e) {
    Judgement judgement = e.judgement();
    List<ScoredCompletion> all = e.completions();
    for (int k = 0; k < all.size(); k++) {
      metrics.add("logps/" + side(judgement, k), all.get(k).logProb().value());
    }
    boolean judged = !(judgement instanceof Judgement.None);
    if (!judged || bringsRewards != null || !all.get(0).hasReference()) return;
    if (all.size() == 1) {
      metrics.add("rewards/" + side(judgement, 0), all.get(0).implicitReward(beta));
    }
    for (List<Integer> places : ViewKind.COMPARISON.places(judgement, all.size())) {
      metrics.comparison(
          all.get(places.get(0)).implicitReward(beta), all.get(places.get(1)).implicitReward(beta));
    }
  }

  private static String side(Judgement judgement, int completion) {
    return judgement.rank(completion) == 0 ? "chosen" : "rejected";
  }

  private void writeGradient(PreferenceLoss<?> loss, double[] gradient) {
    for (ScoredExample e : examples) {
      for (CompletionScores c : e.scores()) c.writeGradient(gradient, loss);
    }
  }
}
