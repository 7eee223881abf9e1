package org.dpo4j.loss;

import java.util.List;

/**
 * A loss that needs the whole per-device batch at once (AOT sorts it), or a memory from batch to
 * batch (beta-DPO keeps a running mean).
 */
public non-sealed interface BatchwiseLoss<V extends View> extends PreferenceLoss<V> {
  /**
   * The loss of a per-device batch: the mean is already in it.
   *
   * @param batch every view of the per-device batch, in the order of its rows; never empty
   * @param state what this loss returned for the batch before; {@link LossState#EMPTY} at first
   */
  LossValue evaluate(List<V> batch, LossState state);
}
