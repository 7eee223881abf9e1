package org.dpo4j.tensor;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.layout.Axis;

/** What a trace of {@link PlainTensorOps} remembers for the way back. */
final class PlainTape {
  private final PlainTensorOps ops;
  private final List<Runnable> steps = new ArrayList<>();

  PlainTape(PlainTensorOps ops) {
    this.ops = ops;
  }

  /** A tensor that was made of others; tracked where one of them is. */
  PlainTensor result(Axis axis, int columns, double[] values, PlainTensor... from) {
    boolean tracked = false;
    for (PlainTensor x : from) tracked |= x.tracked;
    return new PlainTensor(ops, axis, columns, values, tracked, null);
  }

  /** Remembers how y's gradient is handed on to what it was made of. */
  void onTheWayBack(PlainTensor y, Runnable step) {
    if (y.tracked) steps.add(step);
  }

  /** Runs what was remembered, the last first; once. */
  void goBack() {
    for (int i = steps.size() - 1; i >= 0; i--) steps.get(i).run();
    steps.clear();
  }
}
