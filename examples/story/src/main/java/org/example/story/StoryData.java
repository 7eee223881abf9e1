package org.example.story;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Stories, pairs and held-out pairs, no two of which share an opening.
 *
 * @param stories with endings of all kinds: each flaw is there in half of those where it can be
 * @param pairs to train with, equally many of each {@link Flatness}, in turn
 * @param heldout pairs to measure with
 */
record StoryData(List<Story> stories, List<Pair> pairs, List<Pair> heldout) {

  /** The data of a seed: the same seed and numbers give the same data. */
  static StoryData generate(long seed, int stories, int pairs, int heldout) {
    Source source = new Source(seed);
    List<Pair> heldoutPairs = source.pairs(heldout);
    List<Pair> trainingPairs = source.pairs(pairs);
    return new StoryData(source.stories(stories), trainingPairs, heldoutPairs);
  }

  private static final class Source {
    private final Choice choice;
    private final StorySampler sampler;
    private final Storyteller teller;
    private final Set<String> told = new HashSet<>();

    Source(long seed) {
      StoryGrammar grammar = StoryGrammar.load();
      choice = new Choice(seed);
      sampler = new StorySampler(grammar, choice);
      teller = new Storyteller(grammar, choice);
    }

    List<Pair> pairs(int count) {
      List<Pair> pairs = new ArrayList<>();
      Flatness[] kinds = Flatness.values();
      while (pairs.size() < count) {
        Flatness flatness = kinds[pairs.size() % kinds.length];
        Opening opening = sampler.opening();
        String prompt = teller.opening(opening);
        if (told.add(prompt)) {
          pairs.add(pair(opening, prompt, flatness));
        }
      }
      return pairs;
    }

    private Pair pair(Opening opening, String prompt, Flatness flatness) {
      boolean heard = flatness.needsChorus() || choice.coin();
      return new Pair(
          prompt,
          " " + teller.ending(opening, Ending.of(opening, Set.of(), heard)),
          " " + teller.ending(opening, Ending.of(opening, flatness.flaws(), heard)),
          flatness);
    }

    List<Story> stories(int count) {
      List<Story> stories = new ArrayList<>();
      while (stories.size() < count) {
        Opening opening = sampler.opening();
        String text = teller.opening(opening);
        if (told.add(text)) {
          boolean heard = choice.coin();
          Ending ending = Ending.of(opening, sampler.anyFlaws(heard), heard);
          stories.add(Story.of(text, teller.ending(opening, ending)));
        }
      }
      return stories;
    }
  }
}
