package org.dpo4j.loss;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.dpo4j.preference.Judgement;

/** How views of each type are cut from an example. */
enum ViewKind {
  COMPARISON(
      Comparison.class,
      "a better and a worse completion",
      ViewKind::comparisons,
      (c, good) -> new Comparison(c.get(0), c.get(1))),
  LABELLED(
      Labelled.class,
      "completions that were judged",
      (j, n) -> judged(j) ? each(n) : List.of(),
      (c, good) -> new Labelled(c.get(0), good)),
  DEMONSTRATION(
      Demonstration.class,
      "a completion to imitate",
      (j, n) -> each(n).stream().filter(view -> j.rank(view.get(0)) == 0).toList(),
      (c, good) -> new Demonstration(c.get(0))),
  CHOICE(
      Choice.class,
      "one best among two or more completions",
      (j, n) -> inOrder(j, n, 2),
      (c, good) -> new Choice(c.get(0), c.subList(1, c.size()))),
  RANKING(
      Ranking.class,
      "two or more completions in an order without ties",
      (j, n) -> j instanceof Judgement.Order ? inOrder(j, n, n) : List.of(),
      (c, good) -> new Ranking(c));

  private final Class<? extends View> type;
  private final String needs;
  private final BiFunction<Judgement, Integer, List<List<Integer>>> places;
  private final BiFunction<List<ScoredCompletion>, Boolean, View> make;

  ViewKind(
      Class<? extends View> type,
      String needs,
      BiFunction<Judgement, Integer, List<List<Integer>>> places,
      BiFunction<List<ScoredCompletion>, Boolean, View> make) {
    this.type = type;
    this.needs = needs;
    this.places = places;
    this.make = make;
  }

  static ViewKind of(PreferenceLoss<?> loss) {
    for (ViewKind kind : values()) {
      if (kind.type == loss.view()) return kind;
    }
    throw new IllegalArgumentException(
        "the loss " + loss.name() + " takes " + loss.view() + ", which is no view");
  }

  /** What an example must have to give such a view, for people. */
  String needs() {
    return needs;
  }

  /**
   * The completions of each view that an example gives, by their places in it; the first of them is
   * the chosen one. Empty where it gives none.
   */
  List<List<Integer>> places(Judgement judgement, int completions) {
    return places.apply(judgement, completions);
  }

  /** The views that an example gives to a loss. */
  static <V extends View> List<V> cut(PreferenceLoss<V> loss, ScoredExample example) {
    ViewKind kind = of(loss);
    Judgement judgement = example.judgement();
    List<ScoredCompletion> all = example.seenBy(loss);
    List<V> views = new ArrayList<>();
    for (List<Integer> places : kind.places(judgement, all.size())) {
      List<ScoredCompletion> shown = places.stream().map(all::get).toList();
      boolean good = judgement.rank(places.get(0)) == 0;
      views.add(loss.view().cast(kind.make.apply(shown, good)));
    }
    return views;
  }

  private static boolean judged(Judgement judgement) {
    return !(judgement instanceof Judgement.None);
  }

  private static List<List<Integer>> each(int completions) {
    return IntStream.range(0, completions).mapToObj(List::of).toList();
  }

  /** Every two of unequal rank. */
  private static List<List<Integer>> comparisons(Judgement judgement, int completions) {
    List<List<Integer>> pairs = new ArrayList<>();
    if (!judged(judgement)) return pairs;
    for (int i = 0; i < completions; i++) {
      for (int k = 0; k < completions; k++) {
        if (judgement.rank(i) < judgement.rank(k)) pairs.add(List.of(i, k));
      }
    }
    return pairs;
  }

  /** All, best first, if there are at least two and the ranks of the first so many are untied. */
  private static List<List<Integer>> inOrder(Judgement judgement, int completions, int untied) {
    List<Integer> bestFirst =
        IntStream.range(0, completions)
            .boxed()
            .sorted(Comparator.comparingInt(judgement::rank))
            .toList();
    if (completions < 2) return List.of();
    for (int k = 1; k < untied; k++) {
      if (judgement.rank(bestFirst.get(k - 1)) == judgement.rank(bestFirst.get(k))) {
        return List.of();
      }
    }
    return List.of(bestFirst);
  }
}
