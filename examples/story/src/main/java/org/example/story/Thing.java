package org.example.story;

/** A thing and where it is, such as (lantern, on the landing). */
record Thing(String name, String place) {

  /** As an opening introduces it: "the lantern on the landing". */
  String introduced() {
    return named() + " " + place;
  }

  /** As an ending speaks of it: "the lantern". */
  String named() {
    return "the " + name;
  }
}
