package org.example.story;

/**
 * What an ending says, as its text was read.
 *
 * @param thing such as "the lantern"
 * @param condition the condition that the thing is now in
 * @param theme the matter that turned
 * @param person by name or by kinship: "Tom" or "her brother"
 * @param chorus where the platitude stands
 */
record Claims(String thing, Condition condition, Theme theme, String person, Ending.Chorus chorus) {

  boolean isAbout(Person somebody) {
    return person.equals(somebody.name())
        || person.equals(somebody.kin(Pronouns.SHE))
        || person.equals(somebody.kin(Pronouns.HE));
  }
}
