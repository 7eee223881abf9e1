package org.dpo4j.cli;

import java.util.List;

/** How output rows name what belongs to a completion: with its side, where it has one. */
final class RowFields {
  private RowFields() {}

  /**
   * Per completion, in the row's order, its side: {@code chosen} and {@code rejected} of a pair,
   * nothing of a single completion.
   */
  static List<String> sides(int completions) {
    return completions == 1 ? List.of("") : List.of("chosen", "rejected");
  }

  /** {@code logps/chosen}, or {@code logps} where there are no sides. */
  static String field(String name, String side) {
    return side.isEmpty() ? name : name + "/" + side;
  }
}
