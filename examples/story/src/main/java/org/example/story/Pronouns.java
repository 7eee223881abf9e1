package org.example.story;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How a text speaks of somebody: subject, object and possessive. */
enum Pronouns {
  SHE("she", "her", "her"),
  HE("he", "him", "his");

  private final String subject;
  private final String object;
  private final String possessive;

  Pronouns(String subject, String object, String possessive) {
    this.subject = subject;
    this.object = object;
    this.possessive = possessive;
  }

  String possessive() {
    return possessive;
  }

  /** The slots that these pronouns fill, with their values. */
  Map<String, String> words() {
    return new HashMap<>(Map.of("he", subject, "him", object, "his", possessive));
  }

  /** What can fill those slots. */
  static Map<String, List<String>> phrases() {
    Map<String, List<String>> phrases = new HashMap<>();
    SHE.words().forEach((slot, word) -> phrases.put(slot, List.of(word, HE.words().get(slot))));
    return phrases;
  }
}
