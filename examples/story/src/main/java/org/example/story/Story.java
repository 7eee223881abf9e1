package org.example.story;

import java.util.stream.Stream;

/**
 * A whole story with any ending, for a model to learn the language from.
 *
 * @param prompt its first sentence
 * @param completion the rest, with the space that parts it from the prompt
 */
record Story(String prompt, String completion) {

  /** A story of an opening and an ending, parted after the first sentence. */
  static Story of(String opening, String ending) {
    int end = opening.indexOf(". ") + 1;
    return new Story(opening.substring(0, end), opening.substring(end) + " " + ending);
  }

  /** Its two texts. */
  Stream<String> texts() {
    return Stream.of(prompt, completion);
  }

  /** As a line of a file of demonstrations. */
  String toJson() {
    return Json.object("prompt", prompt, "completion", completion);
  }
}
