package org.dpo4j.tensor;

import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Column;

/**
 * Rotary position embedding (Su 2021, section 3.2) of queries and keys, halves paired as
 * HuggingFace does: number j of a head turns with number j + dims/2. Its tables are columns of the
 * batch.
 *
 * @param name tells several tables of one model apart
 * @param dims leading numbers of a head that turn; even, at most the head's size
 */
public record Rotary(String name, int dims) {
  public Rotary {
    if (dims < 2 || dims % 2 != 0) {
      throw new IllegalArgumentException("rotary dims " + dims + ", expected an even number");
    }
  }

  /** {@code [tokens, dims/2]}: cosines, the attention factor included. */
  public Column cos() {
    return new Column("cos/" + name, Axis.TOKENS, dims / 2);
  }

  /** {@code [tokens, dims/2]}: sines, the attention factor included. */
  public Column sin() {
    return new Column("sin/" + name, Axis.TOKENS, dims / 2);
  }
}
