package org.dpo4j.layout;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The lowering of attention for engines whose kernels want arrays of one shape and a mask: tiles of
 * a few neighbouring queries, each with the keys that its last query sees. Causal attention of
 * {@code n} tokens has {@code n^2 / 2} pairs that count; a row of queries with all its keys
 * computes twice as many, and again for each completion of a prompt. A tile computes half of its
 * own square too much, and its keys are padded to those of the widest tile beside it: therefore two
 * groups, of tiles with fewer and with more keys.
 *
 * @param groups {@link #GROUPS} of them
 * @param slotOfToken {@code [tokens]}: where each token's query is, counted through the tiles'
 *     queries, group after group
 */
@SuppressWarnings("ArrayRecordComponent") // a value on its way into an engine
public record AttentionTiles(List<Group> groups, int[] slotOfToken) {
  /** The number of groups, whatever the batch: a graph is written for them. */
  public static final int GROUPS = 2;

  /** What a score of a key that a query must not see has added; far below all, and finite. */
  private static final float UNSEEN = -Float.MAX_VALUE / 2;

  /** Queries of one segment, and the segment's tokens before them. */
  private record Tile(int segment, int keys, int queries) {}

  /**
   * Tiles of one shape.
   *
   * @param tiles at least one; without a token of its own it repeats token 0
   * @param queries of each, padding included
   * @param keys of each, padding included
   * @param queryTokens {@code [tiles x queries]}; padding repeats token 0
   * @param keyTokens {@code [tiles x keys]}, in the order of the sequence; padding repeats token 0
   * @param queryCounts {@code [tiles]}: without padding
   * @param keyCounts {@code [tiles]}: without padding; the last of them are the queries
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Group(
      int tiles,
      int queries,
      int keys,
      int[] queryTokens,
      int[] keyTokens,
      int[] queryCounts,
      int[] keyCounts) {

    /**
     * Writes {@code [tiles x queries x keys]}: 0 where a query sees a key, a finite number that is
     * lower than any score where it doesn't. Queries that are padding see everything.
     *
     * @param window the number of keys that a query sees, itself included; 0 for all before it
     */
    public void mask(int window, FloatBuffer mask) {
      for (int t = 0; t < tiles; t++) {
        for (int q = 0; q < queries; q++) {
          boolean padding = q >= queryCounts[t];
          int end = padding ? keys : keyCounts[t] - queryCounts[t] + q + 1;
          int start = padding || window == 0 ? 0 : Math.max(0, end - window);
          for (int k = 0; k < keys; k++) mask.put(start <= k && k < end ? 0 : UNSEEN);
        }
      }
    }
  }

  /**
   * Cuts a layout into tiles.
   *
   * @param queries of a tile at most; {@code Integer.MAX_VALUE} for whole segments
   */
  public static AttentionTiles of(TokenLayout layout, int queries) {
    List<Tile> tiles = new ArrayList<>();
    List<TokenLayout.Segment> segments = layout.segments();
    int[][] paths = new int[segments.size()][];
    for (int s = 0; s < paths.length; s++) {
      paths[s] = layout.path(s);
      int length = segments.get(s).length();
      int pieces = length == 0 ? 0 : (length - 1) / queries + 1;
      for (int i = 0; i < pieces; i++) { // of even length, for the longest is everyone's
        int from = (int) ((long) length * i / pieces);
        int to = (int) ((long) length * (i + 1) / pieces);
        tiles.add(new Tile(s, paths[s].length - length + to, to - from));
      }
    }
    tiles.sort(Comparator.comparingInt(Tile::keys));
    int cut = cheapestCut(tiles);
    int[] slots = new int[layout.length(Axis.TOKENS)];
    Group few = group(tiles.subList(0, cut), paths, slots, 0);
    int slot = few.tiles * few.queries;
    Group many = group(tiles.subList(cut, tiles.size()), paths, slots, slot);
    return new AttentionTiles(List.of(few, many), slots);
  }

  /** Where to cut tiles sorted by keys so that both sides compute the fewest scores. */
  private static int cheapestCut(List<Tile> tiles) {
    int n = tiles.size();
    int[] after = new int[n + 1]; // the most queries of a tile from here on
    for (int i = n - 1; i >= 0; i--) after[i] = Math.max(after[i + 1], tiles.get(i).queries);
    int best = n;
    long least = Long.MAX_VALUE;
    int most = 0;
    for (int i = 1; i <= n; i++) {
      most = Math.max(most, tiles.get(i - 1).queries);
      long scores =
          (long) i * most * tiles.get(i - 1).keys
              + (long) (n - i) * after[i] * tiles.get(n - 1).keys;
      if (scores < least) {
        least = scores;
        best = i;
      }
    }
    return best;
  }

  private static Group group(List<Tile> tiles, int[][] paths, int[] slots, int firstSlot) {
    int rows = Math.max(tiles.size(), 1);
    int queries = tiles.stream().mapToInt(Tile::queries).max().orElse(1);
    int keys = tiles.stream().mapToInt(Tile::keys).max().orElse(1);
    int[] queryTokens = new int[rows * queries];
    int[] keyTokens = new int[rows * keys];
    int[] queryCounts = new int[rows];
    int[] keyCounts = new int[rows];
    for (int t = 0; t < tiles.size(); t++) {
      Tile tile = tiles.get(t);
      int[] path = paths[tile.segment];
      int before = tile.keys - tile.queries;
      System.arraycopy(path, 0, keyTokens, t * keys, tile.keys);
      System.arraycopy(path, before, queryTokens, t * queries, tile.queries);
      for (int q = 0; q < tile.queries; q++) {
        slots[path[before + q]] = firstSlot + t * queries + q;
      }
      queryCounts[t] = tile.queries;
      keyCounts[t] = tile.keys;
    }
    return new Group(rows, queries, keys, queryTokens, keyTokens, queryCounts, keyCounts);
  }
}
