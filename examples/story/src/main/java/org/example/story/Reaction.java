package org.example.story;

/** What the main character does in the middle of the story, and which strand it is about. */
record Reaction(Template sentence, About about) {
  enum About {
    OTHER,
    QUESTION,
    SETTLED
  }
}
