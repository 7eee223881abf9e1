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
      PreferenceLoss<?> loss = losses.get(l).loss();
      value += add(loss, losses.get(l).weight(), counts.losses().get(l));
      writeGradient(loss, gradient);
    }
    for (ScoredExample e : examples) recordMetrics(e);
    return new Evaluation(value, gradient, metrics.metrics(), states);
  }

  /** What a loss adds to the objective; what it adds to the gradient stays at the examples. */
  private double add(PreferenceLoss<?> loss, double weight, BatchCounts.OfLoss count) {
    if (loss instanceof RowLoss<?> rowLoss) return addRows(rowLoss, weight, count);
    if (loss instanceof BatchwiseLoss<?> batchwise) return addBatch(batchwise, weight, count);
    throw new IllegalArgumentException(loss.name() + " is of no known kind");
  }

  private <V extends View> double addRows(
      RowLoss<V> loss, double weight, BatchCounts.OfLoss count) {
    double value = 0;
    double[] own = new double[examples.size()];
    for (int i = 0; i < own.length; i++) {
      ScoredExample example = examples.get(i);
      for (V view : ViewKind.cut(loss, example)) {
        value += backward(loss, LossCall.ofRow(loss, view, example), weight, count);
      }
      own[i] = example.gradientSize();
    }
    for (int i = 0; i < own.length; i++) {
      boolean untouched = Double.compare(examples.get(i).gradientSize(), own[i]) == 0;
      if (!untouched) throw LossCall.mixesUp(loss, examples.get(i));
    }
    return value;
  }

  private <V extends View> double addBatch(
      BatchwiseLoss<V> loss, double weight, BatchCounts.OfLoss count) {
    List<V> views = new ArrayList<>();
    for (ScoredExample e : examples) views.addAll(ViewKind.cut(loss, e));
    if (views.isEmpty()) return 0;
    LossState before = states.getOrDefault(loss.name(), LossState.EMPTY);
    LossValue value = LossCall.ofBatch(loss, views, before, examples);
    if (value.next() != null) states.put(loss.name(), value.next());
    return backward(loss, value, weight, count);
  }

  /** Adds the gradient of a value; returns the value's share of the objective. */
  private double backward(
      PreferenceLoss<?> loss, LossValue value, double weight, BatchCounts.OfLoss count) {
    List<Var> terms = new ArrayList<>();
    for (LossValue.Term t : value.terms()) {
      int n = Math.max(1, count.of(t.over())); // of none, the term is a sum over nothing: 0
      terms.add(t.value().times(weight / n));
    }
    Var share = Var.sum(terms);
    share.backward();
    recordMetrics(loss, value);
    return share.value();
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
