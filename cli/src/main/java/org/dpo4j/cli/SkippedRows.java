package org.dpo4j.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows that were left out: counted, and the first ones listed. */
final class SkippedRows {
  private static final int LISTED = 20;

  private final List<String> listed = new ArrayList<>();
  private long count;

  void add(long row, String why) {
    if (count++ < LISTED) listed.add("  row %d: %s".formatted(row, why));
  }

  /** Counts a row and gives the line that it leaves in an output file. */
  Map<String, Object> line(long row, String why) {
    add(row, why);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("row", row);
    line.put("skipped", why);
    return line;
  }

  /**
   * Tells them, if there are any.
   *
   * @param whereAll where a person finds all of them
   */
  void print(PrintStream err, String whereAll) {
    if (count == 0) return;
    err.println(count == 1 ? "1 row was left out:" : count + " rows were left out:");
    listed.forEach(err::println);
    if (count > LISTED) err.println("  and %d more: %s".formatted(count - LISTED, whereAll));
  }
}
