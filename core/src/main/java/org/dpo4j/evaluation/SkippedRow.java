package org.dpo4j.evaluation;

/**
 * A row that is left out.
 *
 * @param row its place in the data set, from 0
 * @param reason a bad record's problem with its place in the file, or why truncation dropped it
 */
public record SkippedRow(long row, String reason) {
  @Override
  public String toString() {
    return "row " + row + ": " + reason;
  }
}
