package org.example.story;

import java.util.stream.Stream;

/**
 * An opening with two endings.
 *
 * @param prompt the opening
 * @param chosen an intriguing ending, with the space that parts it from the prompt
 * @param rejected a flat ending, likewise
 * @param flatness in which way it is flat
 */
record Pair(String prompt, String chosen, String rejected, Flatness flatness) {

  /** Its three texts. */
  Stream<String> texts() {
    return Stream.of(prompt, chosen, rejected);
  }

  /** As a line of a preference file. */
  String toJson() {
    return Json.object(
        "prompt", prompt, "chosen", chosen, "rejected", rejected, "flatness", flatness.name());
  }
}
