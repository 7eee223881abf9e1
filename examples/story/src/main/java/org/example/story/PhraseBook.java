package org.example.story;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Phrases in sections, as grammar.txt has them: "[theme.promise.turn]" begins a section, each
 * further line is a phrase, "#" begins a comment. Dots make a tree of sections.
 */
final class PhraseBook {
  private final Map<String, List<String>> sections = new LinkedHashMap<>();

  private PhraseBook() {}

  /** The book that a resource beside this class holds. */
  static PhraseBook load(String resource) {
    try (InputStream in = PhraseBook.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "no resource " + resource + " beside " + PhraseBook.class);
      }
      PhraseBook book = new PhraseBook();
      new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .forEach(book::add);
      return book;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String current = "";

  private void add(String line) {
    if (line.startsWith("[")) {
      current = line.substring(1, line.indexOf(']'));
      sections.put(current, new ArrayList<>());
    } else {
      sections.get(current).add(line);
    }
  }

  /** The phrases of a section, in order. */
  List<String> phrases(String section) {
    List<String> phrases = sections.get(section);
    if (phrases == null) {
      throw new IllegalArgumentException("no section [" + section + "] in the grammar");
    }
    return List.copyOf(phrases);
  }

  /** The phrases of a section as templates. */
  List<Template> templates(String section) {
    return phrases(section).stream().map(Template::new).toList();
  }

  /**
   * The names that follow a section's name and a dot, in order: of "theme" they are promise, debt,
   * ...
   */
  List<String> children(String section) {
    String prefix = section + ".";
    return sections.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()).split("\\.")[0])
        .distinct()
        .toList();
  }
}
