package org.dpo4j.model;

/** What weights are written in. */
public enum WeightFormat {
  FLOAT32,
  /** Half as large; each weight keeps 8 significant bits. */
  BFLOAT16
}
