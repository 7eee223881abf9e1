package org.example.story;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What one could look at instead of understanding the story, and how little it gives. */
public final class Shortcuts {
  private Shortcuts() {}

  /** The words and punctuation marks of the ending. */
  static LogOdds.Features words() {
    return (opening, ending) -> WordTokenizer.words(ending);
  }

  /** Every two neighbours among them. */
  static LogOdds.Features wordPairs() {
    return (opening, ending) -> {
      List<String> words = WordTokenizer.words(ending);
      List<String> pairs = new ArrayList<>();
      for (int i = 1; i < words.size(); i++) {
        pairs.add(words.get(i - 1) + " " + words.get(i));
      }
      return pairs;
    };
  }

  /** The length of the ending. */
  static LogOdds.Features length() {
    return (opening, ending) -> List.of("" + WordTokenizer.words(ending).size());
  }

  /** How many of the ending's different words the opening has too. */
  static LogOdds.Features wordsOfTheOpening() {
    return (opening, ending) -> {
      Set<String> shared = new HashSet<>(WordTokenizer.words(ending));
      shared.retainAll(WordTokenizer.words(opening));
      return List.of("" + shared.size());
    };
  }

  /**
   * Prints the accuracy of each on held-out pairs, learned from training pairs. Run it with: seed,
   * number of pairs, number of held-out pairs.
   */
  public static void main(String[] arguments) {
    StoryData data =
        StoryData.generate(
            Long.parseLong(arguments[0]),
            0,
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]));
    print("words", words(), data);
    print("neighbouring words", wordPairs(), data);
    print("length", length(), data);
    print("words that the opening has too", wordsOfTheOpening(), data);
  }

  private static void print(String name, LogOdds.Features features, StoryData data) {
    double accuracy = new LogOdds(features, data.pairs()).accuracy(data.heldout());
    System.out.printf("%-32s %.3f%n", name, accuracy);
  }
}
