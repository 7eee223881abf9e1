package org.dpo4j.tensor;

import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Index;

/**
 * A value inside one trace, {@code [axis, columns]}. The columns are fixed, the length of the axis
 * is data. Must not outlive its trace.
 */
public interface Tensor {
  TensorOps ops();

  Axis axis();

  int columns();

  default Tensor plus(Tensor other) {
    return ops().add(this, other);
  }

  default Tensor times(Tensor other) {
    return ops().multiply(this, other);
  }

  default Tensor times(double factor) {
    return times(ops().constant(factor));
  }

  default Tensor silu() {
    return ops().silu(this);
  }

  /** The rows that an index names: {@code [to] -> [from]}. */
  default Tensor at(Index index) {
    return ops().gather(this, index);
  }
}
