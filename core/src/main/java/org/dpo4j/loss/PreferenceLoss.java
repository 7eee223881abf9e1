package org.dpo4j.loss;

import java.util.Locale;

/**
 * A loss: of one view at a time ({@link RowLoss}) or of all views of a per-device batch ({@link
 * BatchwiseLoss}). Immutable; a record is the natural form. What it computes, it computes from the
 * views alone.
 *
 * @param <V> what it is shown
 */
public sealed interface PreferenceLoss<V extends View> permits RowLoss, BatchwiseLoss {
  /** The type of {@code V}. */
  Class<V> view();

  /** What it reads beside the policy's log-probs; by default the reference. */
  default Requirements requirements() {
    return Requirements.REFERENCE;
  }

  /**
   * The scale of its rewards, above 0; NaN where it has none. All losses of a run that have one
   * have the same. A record with a component {@code beta} says it without another word.
   */
  default double beta() {
    return Double.NaN;
  }

  /**
   * What errors, and the checkpoints of its state, call it; by default the name of its class
   * without {@code Loss}, in snake case: {@code SigmoidNormLoss} is {@code sigmoid_norm}. Its
   * factory has the same name.
   */
  default String name() {
    return getClass()
        .getSimpleName()
        .replaceFirst("Loss$", "")
        .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
        .toLowerCase(Locale.ROOT);
  }
}
