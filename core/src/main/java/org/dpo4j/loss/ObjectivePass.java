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

  /** The loss that decides which rewards are logged: the first that reads or brings any. */
  private final @Nullable PreferenceLoss<?> decidesRewards;

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
    PreferenceLoss<?> decides = null;
    for (Objective.Weighted w : losses) {
      Requirements r = w.loss().requirements();
      if (decides == null && (r.reference() || r.ownRewards())) decides = w.loss();
    }
    this.decidesRewards = decides;
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
          values.add(taken(loss, rowLoss.evaluate(view), "row " + e.example().row()));
        }
      }
    } else if (loss instanceof BatchwiseLoss<V> batchwise) {
      List<V> views = new ArrayList<>();
      for (ScoredExample e : examples) views.addAll(ViewKind.cut(loss, e));
      if (views.isEmpty()) return values;
      LossState before = states.getOrDefault(loss.name(), LossState.EMPTY);
      LossValue value = taken(loss, batchwise.evaluate(views, before), "the batch of " + rows());
      if (value.next() != null) states.put(loss.name(), value.next());
      values.add(value);
    }
    return values;
  }

  /** Checks a value and records what is to be logged of it. */
  private LossValue taken(PreferenceLoss<?> loss, LossValue value, String place) {
    for (LossValue.Term t : value.terms()) {
      if (!Double.isFinite(t.value().value())) {
        throw new ArithmeticException(
            place + ": the loss " + loss.name() + " is " + t.value().value());
      }
    }
    if (value.next() != null && loss instanceof RowLoss) {
      throw new IllegalStateException("the row-wise loss " + loss.name() + " returns a state");
    }
    LossValue.Rewards rewards = value.rewards();
    if ((rewards != null) != loss.requirements().ownRewards()) {
      throw new IllegalStateException(
          "the loss "
              + loss.name()
              + (rewards == null
                  ? " declares rewards of its own, but returns none"
                  : " returns rewards that its requirements don't declare"));
    }
    if (rewards != null && loss == decidesRewards) {
      metrics.comparison(rewards.chosen(), rewards.rejected());
    }
    value.metrics().forEach(metrics::add);
    return value;
  }

  /** Log-probs of each completion, and implicit rewards where no loss has brought its own. */
  private void recordMetrics(ScoredExample e) {
    Judgement judgement = e.judgement();
    List<ScoredCompletion> all = e.completions();
    boolean implicit = decidesRewards == null || !decidesRewards.requirements().ownRewards();
    boolean rewards =
        implicit && all.get(0).hasReference() && !(judgement instanceof Judgement.None);
    for (int k = 0; k < all.size(); k++) {
      String side = judgement.rank(k) == 0 ? "chosen" : "rejected";
      metrics.add("logps/" + side, all.get(k).logProb().value());
      if (rewards && all.size() == 1)
        metrics.add("rewards/" + side, all.get(k).implicitReward(beta));
    }
    if (!rewards) return;
    for (List<Integer> places : ViewKind.COMPARISON.places(judgement, all.size())) {
      metrics.comparison(
          all.get(places.get(0)).implicitReward(beta), all.get(places.get(1)).implicitReward(beta));
    }
  }

  private void writeGradient(PreferenceLoss<?> loss, double[] gradient) {
    for (ScoredExample e : examples) {
      for (CompletionScores c : e.scores()) c.writeGradient(gradient, loss);
    }
  }

  private String rows() {
    return "rows "
        + examples.get(0).example().row()
        + " to "
        + examples.get(examples.size() - 1).example().row();
  }
}
