package org.dpo4j.backend;

/** What a session computes in. */
public enum Precision {
  FLOAT32
}
