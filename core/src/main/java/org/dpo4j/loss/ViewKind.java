package org.dpo4j.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.preference.Judgement;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.TokenizedExample;

/** How views of each type are cut from an example. */
enum ViewKind {
  COMPARISON(Comparison.class, "a better and a worse completion"),
  LABELLED(Labelled.class, "completions that were judged"),
  DEMONSTRATION(Demonstration.class, "a completion to imitate"),
  CHOICE(Choice.class, "one best among two or more completions"),
  RANKING(Ranking.class, "two or more completions in an order without ties");

  private final Class<? extends View> type;
  private final String needs;

  ViewKind(Class<? extends View> type, String needs) {
    this.type = type;
    this.needs = needs;
  }

  static ViewKind of(PreferenceLoss<?> loss) {
    for (ViewKind kind : values()) {
      if (kind.type == loss.view()) return kind;
    }
    throw new IllegalArgumentException(
        "the loss " + loss.name() + " takes " + loss.view() + ", which is no view");
  }

  /**
   * Checks that an example gives a loss at least one view. That a thumb down gives nothing to
   * imitate is no error.
   */
  static void requireOne(PreferenceLoss<?> loss, TokenizedExample example) {
    ViewKind kind = of(loss);
    int completions = example.completions().size();
    if (kind == DEMONSTRATION || !kind.places(example.judgement(), completions).isEmpty()) return;
    throw new InputException(
        ("row %d: the loss %s needs %s, but this row has %s. Choose another loss or leave the row"
                + " out.")
            .formatted(
                example.row(), loss.name(), kind.needs, said(example.judgement(), completions)));
  }

  private static String said(Judgement judgement, int completions) {
    if (judgement instanceof Judgement.Thumb thumb)
      return "a thumb " + (thumb.up() ? "up" : "down");
    String counted = completions == 1 ? "1 completion" : completions + " completions";
    if (judgement instanceof Judgement.None) return counted + " that nobody judged";
    if (judgement instanceof Judgement.Best) return "one winner among " + counted;
    return counted + " of ranks " + Arrays.toString(ranks(judgement, completions));
  }

  /**
   * The completions of each view that an example gives, by their places in it; the first of them is
   * the chosen one. Empty where it gives none.
   */
  List<List<Integer>> places(Judgement judgement, int completions) {
    return switch (this) {
      case COMPARISON -> comparisons(judgement, completions);
      case LABELLED -> judged(judgement) ? each(completions) : List.of();
      case DEMONSTRATION ->
          each(completions).stream().filter(k -> judgement.rank(k.get(0)) == 0).toList();
      case CHOICE -> inOrder(judgement, completions, 2);
      case RANKING ->
          judgement instanceof Judgement.Order
              ? inOrder(judgement, completions, completions)
              : List.of();
    };
  }

  /** The views that an example gives to a loss. */
  static <V extends View> List<V> cut(PreferenceLoss<V> loss, ScoredExample example) {
    ViewKind kind = of(loss);
    List<ScoredCompletion> all = example.seenBy(loss);
    List<V> views = new ArrayList<>();
    for (List<Integer> places : kind.places(example.judgement(), all.size())) {
      List<ScoredCompletion> shown = places.stream().map(all::get).toList();
      boolean good = example.judgement().rank(places.get(0)) == 0;
      views.add(loss.view().cast(kind.view(shown, good)));
    }
    return views;
  }

  /**
   * @param good whether the first is among the best
   */
  private View view(List<ScoredCompletion> shown, boolean good) {
    ScoredCompletion first = shown.get(0);
    return switch (this) {
      case COMPARISON -> new Comparison(first, shown.get(1));
      case LABELLED -> new Labelled(first, good);
      case DEMONSTRATION -> new Demonstration(first);
      case CHOICE -> new Choice(first, shown.subList(1, shown.size()));
      case RANKING -> new Ranking(shown);
    };
  }

  private static boolean judged(Judgement judgement) {
    return !(judgement instanceof Judgement.None);
  }

  private static List<List<Integer>> each(int completions) {
    return IntStream.range(0, completions).mapToObj(List::of).toList();
  }

  private static int[] ranks(Judgement judgement, int completions) {
    return IntStream.range(0, completions).map(judgement::rank).toArray();
  }

  /** Every two of unequal rank. */
  private static List<List<Integer>> comparisons(Judgement judgement, int completions) {
    List<List<Integer>> pairs = new ArrayList<>();
    int[] ranks = ranks(judgement, completions);
    for (int i = 0; i < completions; i++) {
      for (int k = 0; k < completions; k++) {
        if (ranks[i] < ranks[k]) pairs.add(List.of(i, k));
      }
    }
    return pairs;
  }

  /** All, best first, if there are at least two and the first so many of them are untied. */
  private static List<List<Integer>> inOrder(Judgement judgement, int completions, int untied) {
    if (completions < 2) return List.of();
    int[] ranks = ranks(judgement, completions);
    List<Integer> bestFirst =
        IntStream.range(0, completions)
            .boxed()
            .sorted(Comparator.comparingInt(k -> ranks[k]))
            .toList();
    for (int k = 1; k < untied; k++) {
      if (ranks[bestFirst.get(k - 1)] == ranks[bestFirst.get(k)]) return List.of();
    }
    return List.of(bestFirst);
  }
}
