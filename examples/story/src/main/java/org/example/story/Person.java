package org.example.story;

/** Somebody whom the main character knows, such as (brother, Tom). */
record Person(String kin, String name) {

  /** As an opening introduces this person: "her brother Tom". */
  String introduced(Pronouns whose) {
    return kin(whose) + " " + name;
  }

  /** As an ending may speak of this person: "her brother". */
  String kin(Pronouns whose) {
    return whose.possessive() + " " + kin;
  }
}
