package org.dpo4j.loss;

import java.util.List;
import java.util.function.Supplier;
import org.dpo4j.autodiff.Var;
import org.dpo4j.service.InputException;
import org.dpo4j.service.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Asks a loss, which may be anybody's, and holds its answer to what it promised. Whatever goes
 * wrong is told with the loss and the row.
 */
final class LossCall {
  private LossCall() {}

  static <V extends View> LossValue ofRow(RowLoss<V> loss, V view, ScoredExample example) {
    String place = "row " + example.example().row();
    LossValue value = ask(loss, place, () -> loss.evaluate(view));
    for (LossValue.Term t : value.terms()) requireFinite(loss, place, t.value().value());
    requireFinite(loss, place, value);
    return value;
  }

  static <V extends View> LossValue ofBatch(
      BatchwiseLoss<V> loss, List<V> views, LossState before, List<ScoredExample> examples) {
    String place = "rows " + rows(examples);
    LossValue value = ask(loss, place, () -> loss.evaluate(views, before));
    for (LossValue.Term t : value.terms()) {
      if (Double.isFinite(t.value().value())) continue;
      List<ScoredExample> guilty = guilty(t.value(), examples);
      boolean told = !guilty.isEmpty() && guilty.size() < examples.size();
      requireFinite(
          loss,
          told ? "rows %s of %s".formatted(rows(guilty), rows(examples)) : place,
          t.value().value());
    }
    requireFinite(loss, place, value);
    return value;
  }

  /** A row-wise loss kept numbers of a row and used them in another's. */
  static InputException mixesUp(RowLoss<?> loss, ScoredExample example) {
    return failure(
        loss,
        "row " + example.example().row(),
        new LossMistake(
            "uses numbers of this row in the loss of another; one that needs several rows is a BatchwiseLoss"));
  }

  private static LossValue ask(
      PreferenceLoss<?> loss, String place, Supplier<@Nullable LossValue> question) {
    try {
      LossValue value = question.get();
      if (value == null) throw new LossMistake("returns null");
      requirePromised(loss, value);
      return value;
    } catch (InputException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw failure(loss, place, e);
    }
  }

  private static InputException failure(PreferenceLoss<?> loss, String place, Throwable e) {
    String what = e instanceof LossMistake ? String.valueOf(e.getMessage()) : "fails: " + e;
    return new InputException(
        "%s: the loss %s %s. It is %s."
            .formatted(place, loss.name(), what, Origin.of(loss.getClass())),
        e);
  }

  private static void requirePromised(PreferenceLoss<?> loss, LossValue value) {
    if (value.next() != null && loss instanceof RowLoss) {
      throw new LossMistake("returns a state, but is row-wise");
    }
    if (value.rewards() == null && loss.requirements().ownRewards()) {
      throw new LossMistake("returns no rewards, but declares its own");
    }
    if (value.rewards() != null && !loss.requirements().ownRewards()) {
      throw new LossMistake("returns rewards that it does not declare");
    }
  }

  /** Those whose numbers make a result undefined: its slope there is not finite. */
  private static List<ScoredExample> guilty(Var result, List<ScoredExample> examples) {
    result.backward();
    return examples.stream().filter(e -> !Double.isFinite(e.gradientSize())).toList();
  }

  private static List<Long> rows(List<ScoredExample> examples) {
    return examples.stream().map(e -> e.example().row()).toList();
  }

  private static void requireFinite(PreferenceLoss<?> loss, String place, double value) {
    if (!Double.isFinite(value)) {
      throw new ArithmeticException("%s: the loss %s is %s".formatted(place, loss.name(), value));
    }
  }

  private static void requireFinite(PreferenceLoss<?> loss, String place, LossValue value) {
    value.metrics().forEach((key, number) -> requireFinite(loss, place, key, number));
    LossValue.Rewards rewards = value.rewards();
    if (rewards == null) return;
    requireFinite(loss, place, "rewards/chosen", rewards.chosen());
    requireFinite(loss, place, "rewards/rejected", rewards.rejected());
  }

  private static void requireFinite(
      PreferenceLoss<?> loss, String place, String metric, double number) {
    if (!Double.isFinite(number)) {
      throw new ArithmeticException(
          "%s: the loss %s gives %s for %s".formatted(place, loss.name(), number, metric));
    }
  }
}
