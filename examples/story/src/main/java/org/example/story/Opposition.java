package org.example.story;

import java.util.List;

/**
 * Things that are in one of two opposite conditions.
 *
 * @param name such as "light"
 * @param things what can be in these conditions
 * @param conditions exactly two
 */
record Opposition(String name, List<Thing> things, List<Condition> conditions) {
  Opposition {
    if (conditions.size() != 2) {
      throw new IllegalArgumentException(
          "opposition %s has the conditions %s, but takes two".formatted(name, conditions));
    }
  }

  /** The other condition: what a turn leads to. */
  Condition opposite(Condition condition) {
    return conditions.get(1 - conditions.indexOf(condition));
  }
}
