package org.dpo4j.loss;

/** A loss of one view at a time, so that a per-device batch can be split to fit into memory. */
public non-sealed interface RowLoss<V extends View> extends PreferenceLoss<V> {
  /** The loss of one view; its mean over the per-device batch is the batch's loss. */
  LossValue evaluate(V view);
}
