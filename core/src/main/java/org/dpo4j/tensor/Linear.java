package org.dpo4j.tensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = x W^T + b}, plus a low-rank term where adapted.
 *
 * @param weight {@code [out, in]}; {@code [in, out]} where {@code storedInOut} (GPT-2's Conv1D)
 * @param bias a vector {@code [out]}, or null
 * @param adapter null where there is none
 */
public record Linear(
    Parameter weight, boolean storedInOut, @Nullable Parameter bias, @Nullable LowRank adapter) {
  /** The usual kind: {@code NAME.weight [out, in]}, and {@code NAME.bias} where {@code bias}. */
  public static Linear of(String name, int out, int in, boolean bias) {
    return new Linear(
        Parameter.matrix(name + ".weight", out, in),
        false,
        bias ? Parameter.vector(name + ".bias", out) : null,
        null);
  }

  /** All that it reads: weight, bias, adapter. */
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(weight);
    if (bias != null) all.add(bias);
    if (adapter != null) all.addAll(List.of(adapter.a(), adapter.b()));
    return List.copyOf(all);
  }

  /** Columns that come out. */
  public int out() {
    return storedInOut ? weight.columns() : weight.rows();
  }

  /** Columns that go in. */
  public int in() {
    return storedInOut ? weight.rows() : weight.columns();
  }
}
