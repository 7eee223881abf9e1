package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * A stage's operations, and how each goes back. Autograd sees one operation at a time, and only
 * those whose way back is not written out in {@link TapedOps}: over a whole stage it would keep
 * every result in between, and make a gradient of the size of each weight to add that to the one
 * before. {@link WeightGradient} adds in place.
 */
final class Tape {
  private final PtNDManager scope;
  private final Kernels kernels;
  private final IdentityHashMap<PtNDArray, Slot> slots = new IdentityHashMap<>();
  private final List<Runnable> steps = new ArrayList<>();
  private final List<WeightGradient> found = new ArrayList<>();

  /**
   * @param scope lives until what a way back found is used
   */
  Tape(PtNDManager scope, Kernels kernels) {
    this.scope = scope;
    this.kernels = kernels;
  }

  PtNDManager scope() {
    return scope;
  }

  Kernels kernels() {
    return kernels;
  }

  /** Where the gradient of a result adds up on the way back. */
  final class Slot {
    private @Nullable PtNDArray gradient;

    /** Whether the gradient is this slot's alone. */
    private boolean own;

    /** The gradient so far; null where nothing depends on the result. */
    @Nullable PtNDArray gradient() {
      return gradient;
    }

    /** Adds a gradient that is nobody else's. */
    void give(PtNDArray more) {
      add(more, true);
    }

    /** Adds a gradient that others read too. */
    void lend(PtNDArray more) {
      add(more, false);
    }

    private void add(PtNDArray more, boolean given) {
      PtNDArray before = gradient;
      if (before == null) {
        set(more, given);
      } else if (own) {
        kernels.run("add_whole", before, more);
      } else {
        set(kernels.tensor(scope, "add", before, more), true);
      }
    }

    /** What may be added to in place; null where there is nothing yet, or others read it too. */
    @Nullable PtNDArray owned() {
      return own ? gradient : null;
    }

    /** Puts the sum of what there was and more, which is nobody else's. */
    void replace(PtNDArray sum) {
      if (own && gradient != null) gradient.close();
      set(sum, true);
    }

    private void set(PtNDArray value, boolean given) {
      gradient = value;
      own = given;
    }

    /** Lets the gradient go, for the operation that it was the result of has gone back. */
    void done() {
      if (own && gradient != null) gradient.close();
      gradient = null;
    }
  }

  /** What a weight's product goes back with: kept, or made again on the way back. */
  static final class Kept {
    private @Nullable PtNDArray array;

    Kept(@Nullable PtNDArray array) {
      this.array = array;
    }

    PtNDArray array() {
      if (array == null) throw new IllegalStateException("not made again yet");
      return array;
    }

    void set(PtNDArray made) {
      array = made;
    }
  }

  /** Lets the gradient of an array be told. */
  Slot track(PtNDArray array) {
    return slots.computeIfAbsent(array, a -> new Slot());
  }

  /** The slot of an array; null for one that no gradient is asked for. */
  @Nullable Slot slot(PtNDArray array) {
    return slots.get(array);
  }

  /** Says how the operation goes back that was done last. */
  void step(Runnable back) {
    steps.add(back);
  }

  /** Tells what a use of a weight adds to its gradient. */
  void found(WeightGradient more) {
    found.add(more);
  }

  /** Another handle of a weight, as an input of operations whose way back autograd knows. */
  PtNDArray whole(Parameter parameter, PtNDArray weight) {
    PtNDArray handle = keep(weight);
    Slot slot = track(handle);
    step(
        () -> {
          PtNDArray gradient = slot.gradient();
          if (gradient != null) {
            found(new WeightGradient(new WeightGradient.Whole(parameter), gradient));
          }
        });
    return handle;
  }

  /** Another handle of an array, that outlives the trace. */
  PtNDArray keep(PtNDArray array) {
    return kernels.tensor(scope, "detached", array);
  }

  /**
   * Goes back; once. What was found belongs to this tape's scope.
   *
   * @param output the slot of the trace's result
   * @param upstream its gradient
   */
  List<WeightGradient> backward(Slot output, PtNDArray upstream) {
    output.lend(upstream);
    for (int i = steps.size() - 1; i >= 0; i--) steps.get(i).run();
    steps.clear();
    return found;
  }
}
