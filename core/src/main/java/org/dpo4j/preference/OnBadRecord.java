package org.dpo4j.preference;

/** What to do about records that cannot be read. */
public enum OnBadRecord {
  /** Reading ends with an error that lists them. */
  FAIL,
  /** They are rows of their own kind, {@link BadRecord}; the others are read. */
  SKIP
}
