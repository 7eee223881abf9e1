package org.dpo4j.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.layout.TokenLayout.Segment;

/**
 * Cuts a batch into parts of about equal cost that have no token in common, so that they can be
 * computed side by side. A tree of the layout (a prompt and its completions) stays whole.
 */
public final class BatchParts {
  private BatchParts() {}

  /**
   * A part.
   *
   * @param predictions of the part, by their places in the whole, ascending
   */
  @SuppressWarnings("ArrayRecordComponent") // places on their way; never compared
  public record Part(Batch batch, int[] predictions) {
    /** The part's share of {@code [predictions]} of the whole. */
    public double[] of(double[] whole) {
      return Arrays.stream(predictions).mapToDouble(p -> whole[p]).toArray();
    }

    /** Puts the part's {@code [predictions]} where they are in the whole. */
    public void into(double[] whole, double[] ofPart) {
      for (int p = 0; p < predictions.length; p++) whole[predictions[p]] = ofPart[p];
    }
  }

  /**
   * Cuts: the costliest tree first, each to the part that has least so far.
   *
   * @param most parts; fewer where there are fewer trees
   * @param tokensPerPrediction what the head costs for a prediction, where a token's way through
   *     the body costs 1
   * @return at least one part, none of them without a tree
   */
  public static List<Part> of(Batch batch, int most, double tokensPerPrediction) {
    TokenLayout layout = batch.layout();
    int[] treeOf = treeOf(layout.segments());
    double[] costs = new double[layout.segments().size()];
    for (int s = 0; s < costs.length; s++) costs[treeOf[s]] += layout.segments().get(s).length();
    for (int c = 0; c < layout.completions(); c++) {
      int predictions = layout.firstPrediction(c + 1) - layout.firstPrediction(c);
      costs[treeOf[layout.leaves().get(c)]] += tokensPerPrediction * predictions;
    }
    List<Integer> trees = trees(treeOf).toList();
    int parts = Math.min(most, trees.size());
    int[] partOf = new int[costs.length];
    double[] loads = new double[parts];
    for (int tree : trees.stream().sorted(Comparator.comparingDouble(t -> -costs[t])).toList()) {
      int lightest = 0;
      for (int p = 1; p < parts; p++) if (loads[p] < loads[lightest]) lightest = p;
      partOf[tree] = lightest;
      loads[lightest] += costs[tree];
    }
    return cut(batch, treeOf, partOf, parts);
  }

  /**
   * Cuts by length, for engines that pad rows: the tree with the longest row first, those of about
   * the same length together.
   *
   * @param tokens of a part at most, unless it is a single tree
   * @return at least one part, none of them without a tree
   */
  public static List<Part> alike(Batch batch, int tokens) {
    TokenLayout layout = batch.layout();
    int[] positions = layout.values(Index.POSITION);
    int[] treeOf = treeOf(layout.segments());
    int[] sizes = new int[treeOf.length];
    int[] longest = new int[treeOf.length];
    for (int s = 0; s < treeOf.length; s++) {
      Segment segment = layout.segments().get(s);
      if (segment.length() == 0) continue;
      int tree = treeOf[s];
      sizes[tree] += segment.length();
      longest[tree] =
          Math.max(longest[tree], positions[segment.start() + segment.length() - 1] + 1);
    }
    int[] partOf = new int[treeOf.length];
    int parts = 0;
    int room = 0;
    for (int tree : trees(treeOf).sorted(Comparator.comparingInt(t -> -longest[t])).toList()) {
      if (parts == 0 || sizes[tree] > room) {
        parts++;
        room = tokens;
      }
      partOf[tree] = parts - 1;
      room -= sizes[tree];
    }
    return cut(batch, treeOf, partOf, parts);
  }

  /**
   * @param treeOf by segment
   * @param partOf by tree
   */
  private static List<Part> cut(Batch batch, int[] treeOf, int[] partOf, int parts) {
    if (parts <= 1) return List.of(whole(batch));
    List<Part> cut = new ArrayList<>();
    for (int p = 0; p < parts; p++) {
      boolean[] kept = new boolean[treeOf.length];
      for (int s = 0; s < kept.length; s++) kept[s] = partOf[treeOf[s]] == p;
      cut.add(part(batch, kept));
    }
    return cut;
  }

  /** The roots, in their order. */
  private static Stream<Integer> trees(int[] treeOf) {
    return IntStream.range(0, treeOf.length).filter(s -> treeOf[s] == s).boxed();
  }

  /** By segment, the root that it hangs from. */
  private static int[] treeOf(List<Segment> segments) {
    int[] roots = new int[segments.size()];
    for (int s = 0; s < roots.length; s++) {
      int parent = segments.get(s).parent();
      roots[s] = parent < 0 ? s : roots[parent];
    }
    return roots;
  }

  private static Part whole(Batch batch) {
    return new Part(batch, IntStream.range(0, batch.layout().length(Axis.PREDICTIONS)).toArray());
  }

  private static Part part(Batch batch, boolean[] kept) {
    TokenLayout whole = batch.layout();
    int[] tokens =
        IntStream.range(0, whole.length(Axis.TOKENS))
            .filter(t -> kept[whole.segmentOf()[t]])
            .toArray();
    List<Integer> completions =
        IntStream.range(0, whole.completions())
            .filter(c -> kept[whole.leaves().get(c)])
            .boxed()
            .toList();
    int[] predictions =
        completions.stream()
            .flatMapToInt(
                c -> IntStream.range(whole.firstPrediction(c), whole.firstPrediction(c + 1)))
            .toArray();
    Map<Column, double[]> columns = new HashMap<>();
    batch
        .columns()
        .forEach(
            (column, values) ->
                columns.put(
                    column,
                    column.axis().equals(Axis.TOKENS)
                        ? rows(values, column.width(), tokens)
                        : column.axis().equals(Axis.PREDICTIONS)
                            ? rows(values, column.width(), predictions)
                            : values));
    List<Integer> places =
        completions.stream().map(whole::exampleOf).distinct().map(batch.places()::get).toList();
    return new Part(new Batch(whole.part(kept), columns, places), predictions);
  }

  private static double[] rows(double[] values, int width, int[] rows) {
    double[] some = new double[rows.length * width];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(values, rows[r] * width, some, r * width, width);
    }
    return some;
  }
}
