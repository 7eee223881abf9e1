package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.dpo4j.djl.Tape.Kept;
import org.dpo4j.djl.Tape.Slot;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a trace that goes back. Where a way back is cheap to make from an operation's
 * inputs, or doesn't need its result, it is written out here and the result isn't kept; all others
 * are autograd's, one at a time.
 */
final class TapedOps {
  private final Tape tape;
  private final Kernels kernels;
  private final PtNDManager scope;

  /** Results that are made again on the way back, for the products that take them. */
  private final IdentityHashMap<PtNDArray, Kept> kept = new IdentityHashMap<>();

  /** By silu(x), x. */
  private final IdentityHashMap<PtNDArray, PtNDArray> siluOf = new IdentityHashMap<>();

  /**
   * @param scope of the trace's results
   */
  TapedOps(Tape tape, PtNDManager scope) {
    this.tape = tape;
    this.kernels = tape.kernels();
    this.scope = scope;
  }

  /** Of what lives until the way back is done. */
  PtNDManager scope() {
    return tape.scope();
  }

  /** An operation that autograd knows the way back of. */
  PtNDArray run(String kernel, @Nullable Object... arguments) {
    List<PtNDArray> leaves = new ArrayList<>();
    List<Slot> slots = new ArrayList<>();
    @Nullable Object[] replaced = arguments.clone();
    for (int i = 0; i < replaced.length; i++) {
      Slot slot = arguments[i] instanceof PtNDArray a ? tape.slot(a) : null;
      if (slot == null) continue;
      PtNDArray leaf = tape.keep((PtNDArray) arguments[i]);
      leaf.setRequiresGradient(true);
      replaced[i] = leaf;
      leaves.add(leaf);
      slots.add(slot);
    }
    if (leaves.isEmpty()) return kernels.tensor(scope, kernel, arguments);
    PtNDArray recorded =
        PyTorchThread.recorded(() -> kernels.tensor(tape.scope(), kernel, replaced));
    PtNDArray result = kernels.tensor(scope, "detached", recorded);
    PtNDArray[] inputs = leaves.toArray(new PtNDArray[0]);
    back(
        result,
        upstream -> {
          PtNDArray[] found =
              kernels.tensors(tape.scope(), "gradients", recorded, inputs, upstream);
          recorded.close();
          for (int i = 0; i < found.length; i++) {
            inputs[i].close();
            // a gradient may be a view of the upstream one, or two may be one
            slots.get(i).lend(found[i]);
          }
        });
    return result;
  }

  /** How an operation goes back. */
  @FunctionalInterface
  private interface Back {
    void from(PtNDArray upstream);
  }

  private void back(PtNDArray result, Back back) {
    Slot slot = tape.track(result);
    tape.step(
        () -> {
          PtNDArray upstream = slot.gradient();
          if (upstream != null) back.from(upstream);
        });
  }

  /** The same, where nothing that was found reads the upstream gradient: it is let go. */
  private void backAndLetGo(PtNDArray result, Back back) {
    Slot slot = tape.track(result);
    tape.step(
        () -> {
          PtNDArray upstream = slot.gradient();
          if (upstream == null) return;
          back.from(upstream);
          slot.done();
        });
  }

  PtNDArray add(PtNDArray a, PtNDArray b) {
    Slot ofA = tape.slot(a);
    Slot ofB = tape.slot(b);
    if (!a.getShape().equals(b.getShape())) return run("add", a, b);
    PtNDArray sum = kernels.tensor(scope, "add", a, b);
    if (ofA == null && ofB == null) return sum;
    back(
        sum,
        upstream -> {
          if (ofA != null) ofA.lend(upstream);
          if (ofB != null) ofB.lend(upstream);
        });
    return sum;
  }

  PtNDArray embedding(Parameter table, PtNDArray weight, PtNDArray rows) {
    PtNDArray result = kernels.tensor(scope, "embedding", weight, rows);
    back(
        result,
        upstream -> tape.found(new WeightGradient(new WeightGradient.Rows(table, rows), upstream)));
    return result;
  }

  /**
   * {@code x weight^T + bias}.
   *
   * @param weight {@code [out, in]}; lives as long as the tape
   */
  PtNDArray linear(PtNDArray x, Linear l, PtNDArray weight, @Nullable PtNDArray bias) {
    PtNDArray result = kernels.tensor(scope, "linear", x, weight, bias);
    Slot ofX = tape.slot(x);
    Kept input = kept.computeIfAbsent(x, a -> new Kept(tape.keep(a)));
    back(
        result,
        upstream -> {
          tape.found(new WeightGradient(new WeightGradient.Product(l, input), upstream));
          if (l.bias() != null) {
            PtNDArray sum = kernels.tensor(tape.scope(), "sum_rows", upstream);
            tape.found(new WeightGradient(new WeightGradient.Whole(l.bias()), sum));
          }
          if (ofX == null) return;
          PtNDArray before = ofX.owned();
          if (before != null) {
            kernels.run("add_multiplied", before, upstream, weight);
          } else {
            ofX.give(kernels.tensor(tape.scope(), "multiplied", upstream, weight));
          }
        });
    return result;
  }

  /** The result is made again on the way back, of the input and a number for each row. */
  PtNDArray rmsNorm(PtNDArray x, Parameter parameter, PtNDArray weight, double eps, double offset) {
    Slot ofX = tape.slot(x);
    PtNDArray scale = kernels.tensor(tape.scope(), "norm_scale", x, weight, eps);
    PtNDArray result = kernels.tensor(scope, "scaled", x, scale, weight, offset);
    PtNDArray input = tape.keep(x);
    Kept again = new Kept(null);
    kept.put(result, again);
    backAndLetGo(
        result,
        upstream -> {
          PtNDArray before = ofX == null ? null : ofX.gradient();
          PtNDArray[] found =
              kernels.tensors(
                  tape.scope(),
                  "rms_norm_backward",
                  input,
                  scale,
                  weight,
                  offset,
                  upstream,
                  before);
          if (ofX != null) ofX.replace(found[0]);
          tape.found(new WeightGradient(new WeightGradient.Whole(parameter), found[1]));
          again.set(found[2]);
        });
    return result;
  }

  PtNDArray rotated(PtNDArray x, PtNDArray cos, PtNDArray sin, int heads) {
    Slot ofX = tape.slot(x);
    PtNDArray result = kernels.tensor(scope, "rotated", x, cos, sin, heads, 1.0);
    if (ofX == null) return result;
    backAndLetGo(
        result,
        upstream ->
            ofX.give(kernels.tensor(tape.scope(), "rotated", upstream, cos, sin, heads, -1.0)));
    return result;
  }

  PtNDArray silu(PtNDArray x) {
    Slot ofX = tape.slot(x);
    PtNDArray result = kernels.tensor(scope, "silu", x);
    if (ofX == null) return result;
    siluOf.put(result, x);
    PtNDArray input = tape.keep(x);
    back(
        result,
        upstream -> ofX.give(kernels.tensor(tape.scope(), "silu_backward", input, upstream)));
    return result;
  }

  /** {@code silu(x) up} is made again on the way back. */
  @SuppressWarnings("ReferenceEquality") // whether they are one array
  PtNDArray multiply(PtNDArray a, PtNDArray up) {
    PtNDArray x = siluOf.get(a);
    Slot ofUp = tape.slot(up);
    if (x == null || ofUp == null || up == a || !a.getShape().equals(up.getShape())) {
      return run("multiply", a, up);
    }
    Slot ofX = tape.track(x);
    PtNDArray result = kernels.tensor(scope, "multiply", a, up);
    PtNDArray gateInput = tape.keep(x);
    PtNDArray upInput = tape.keep(up);
    Kept again = new Kept(null);
    kept.put(result, again);
    backAndLetGo(
        result,
        upstream -> {
          PtNDArray[] found =
              kernels.tensors(tape.scope(), "gated_backward", gateInput, upInput, upstream);
          ofX.give(found[0]);
          ofUp.give(found[1]);
          again.set(found[2]);
        });
    return result;
  }
}
