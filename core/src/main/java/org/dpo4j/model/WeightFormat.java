package org.dpo4j.model;

import org.dpo4j.model.safetensors.FloatType;

/** What a result's weights are written in. */
public enum WeightFormat {
  FLOAT32(FloatType.F32),
  /** Half as large; each weight keeps 8 significant bits. */
  BFLOAT16(FloatType.BF16);

  private final FloatType type;

  WeightFormat(FloatType type) {
    this.type = type;
  }

  /** Of the numbers in the files. */
  FloatType type() {
    return type;
  }
}
