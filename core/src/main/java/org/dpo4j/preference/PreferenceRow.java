package org.dpo4j.preference;

/** A row of a preference data set: an example, or the report of why there is none. */
public sealed interface PreferenceRow permits PreferenceExample, BadRecord {
  /** The place of the row in its data set, from 0; rows that were skipped count. */
  long row();
}
