package org.dpo4j.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionTilesTest {
  private static TokenLayout layout(List<TokenizedExample> examples) {
    return TokenLayout.of(examples, longest -> true);
  }

  /** What a token's query sees, by its slot and the mask. */
  private static Set<Integer> seen(AttentionTiles tiles, int token, int window) {
    int slot = tiles.slotOfToken()[token];
    for (AttentionTiles.Group g : tiles.groups()) {
      if (slot >= g.tiles() * g.queries()) {
        slot -= g.tiles() * g.queries();
        continue;
      }
      assertEquals(token, g.queryTokens()[slot]);
      FloatBuffer mask = FloatBuffer.allocate(g.tiles() * g.queries() * g.keys());
      g.mask(window, mask);
      assertEquals(0, mask.remaining());
      Set<Integer> seen = new HashSet<>();
      int tile = slot / g.queries();
      for (int k = 0; k < g.keys(); k++) {
        if (mask.get(slot * g.keys() + k) == 0) seen.add(g.keyTokens()[tile * g.keys() + k]);
      }
      return seen;
    }
    throw new AssertionError("no slot " + slot);
  }

  /** The path to a token, as far as the window reaches. */
  private static Set<Integer> expected(TokenLayout layout, int token, int window) {
    int segment = layout.segmentOf()[token];
    TokenLayout.Segment s = layout.segments().get(segment);
    int[] path = layout.path(segment);
    int end = path.length - s.length() + (token - s.start()) + 1;
    Set<Integer> seen = new HashSet<>();
    for (int k = window == 0 ? 0 : Math.max(0, end - window); k < end; k++) seen.add(path[k]);
    return seen;
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "5, 0", "64, 0", "1, 3", "5, 1", "5, 4", "64, 7"})
  void aTokenSeesItsPathOrTheWindowOfIt(int queries, int window) {
    TokenLayout layout = layout(new TestExamples(4, 50).mixed());
    AttentionTiles tiles = AttentionTiles.of(layout, queries);
    assertEquals(AttentionTiles.GROUPS, tiles.groups().size());
    for (AttentionTiles.Group g : tiles.groups()) assertTrue(g.queries() <= queries);
    for (int t = 0; t < layout.length(Axis.TOKENS); t++) {
      assertEquals(expected(layout, t, window), seen(tiles, t, window), "token " + t);
    }
  }

  /** A group without tiles is one of padding: an engine's graph has both. */
  @Test
  void aSingleTokenIsATileBesidePadding() {
    TokenLayout layout = layout(List.of(new TestExamples(4, 50).example(1, 1)));
    AttentionTiles tiles = AttentionTiles.of(layout, 8);
    assertEquals(1, tiles.groups().get(0).tiles());
    assertEquals(1, tiles.groups().get(1).tiles());
    assertEquals(Set.of(0), seen(tiles, 0, 0));
  }

  /** Half of the work of a row for each completion is for nothing here, of tiles a third. */
  @Test
  void tilesComputeLessThanRows() {
    TokenLayout layout = layout(List.of(new TestExamples(4, 50).example(100, 301, 301)));
    int needed = 0;
    for (int t = 0; t < layout.length(Axis.TOKENS); t++) needed += expected(layout, t, 0).size();
    assertTrue(2 * 400 * 400 > 2 * needed);
    long scores = 0;
    for (AttentionTiles.Group g : AttentionTiles.of(layout, 64).groups()) {
      scores += (long) g.tiles() * g.queries() * g.keys();
    }
    assertTrue(scores < 1.5 * needed, scores + " for " + needed);
  }
}
