package org.dpo4j.preference;

/**
 * A record that could not be read.
 *
 * @param row its place in the data set, from 0
 * @param place where it is, as a person finds it: {@code pairs.jsonl:17, field "chosen"}
 * @param problem what is wrong, what was expected and what to do
 */
public record BadRecord(long row, String place, String problem) implements PreferenceRow {
  @Override
  public String toString() {
    return place + ": " + problem;
  }
}
