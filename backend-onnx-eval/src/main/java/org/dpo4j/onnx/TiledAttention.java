package org.dpo4j.onnx;

import static org.dpo4j.onnx.GraphBuilder.FLOAT;
import static org.dpo4j.onnx.GraphBuilder.INT32;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.dpo4j.layout.AttentionTiles;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Rotary;

/**
 * Attention by the runtime's own kernel, on {@link AttentionTiles}: flat tokens are gathered into
 * tiles, and back. Nothing else of the graph sees a tile. The kernel writes all scores down before
 * it reads one again, which small tiles keep in the cache.
 */
final class TiledAttention {
  /** Queries of a tile: of fewer, products are slower; of more, more is computed for nothing. */
  private static final int QUERIES = 64;

  /** The input that takes results back to tokens. */
  static final String SLOT_OF_TOKEN = "slotOfToken";

  private final GraphBuilder graph;
  private final int queries;
  private final Set<Integer> windows = new TreeSet<>();

  /**
   * Attention in a graph that has none yet.
   *
   * @param small whether tiles are small; else each is a whole prompt or completion
   */
  TiledAttention(GraphBuilder graph, boolean small) {
    this.graph = graph;
    this.queries = small ? QUERIES : Integer.MAX_VALUE;
    graph.input(SLOT_OF_TOKEN, INT32, Axis.TOKENS.name());
    for (int g = 0; g < AttentionTiles.GROUPS; g++) {
      graph.input(queries(g), INT32, tiles(g), queries(g));
      graph.input(keys(g), INT32, tiles(g), keys(g));
    }
  }

  private static String tiles(int group) {
    return "tiles_" + group;
  }

  /** The input, and the length, of the queries of a group's tiles. */
  static String queries(int group) {
    return "queries_" + group;
  }

  /** The input, and the length, of the keys of a group's tiles. */
  static String keys(int group) {
    return "keys_" + group;
  }

  private static String mask(int group, int window) {
    return "mask_" + group + "_window_" + window;
  }

  /** Feeds what the layers that were written down read. */
  void feed(TokenLayout layout, BatchInputs inputs) throws OrtException {
    AttentionTiles tiles = AttentionTiles.of(layout, queries);
    inputs.ints(SLOT_OF_TOKEN, tiles.slotOfToken(), tiles.slotOfToken().length);
    for (int g = 0; g < AttentionTiles.GROUPS; g++) {
      AttentionTiles.Group group = tiles.groups().get(g);
      inputs.ints(queries(g), group.queryTokens(), group.tiles(), group.queries());
      inputs.ints(keys(g), group.keyTokens(), group.tiles(), group.keys());
      for (int window : windows) {
        inputs.floats(
            mask(g, window),
            floats -> group.mask(window, floats),
            group.tiles(),
            1,
            group.queries(),
            group.keys());
      }
    }
  }

  /**
   * Writes one layer's attention down.
   *
   * @param q {@code [tokens, heads x headDim]}
   * @param k {@code [tokens, kvHeads x headDim]}
   * @param v like k
   * @param tables cosines and sines of the rotation, a row for each token; empty without one
   * @return {@code [tokens, heads x headDim]}
   */
  String of(Attention a, String q, String k, String v, List<String> tables) {
    if (windows.add(a.window())) {
      for (int g = 0; g < AttentionTiles.GROUPS; g++) {
        graph.input(mask(g, a.window()), FLOAT, tiles(g), 1, queries(g), keys(g));
      }
    }
    String turnedQ = turned(q, a, a.heads(), tables);
    String turnedK = turned(k, a, a.kvHeads(), tables);
    List<Object> attributes =
        new ArrayList<>(
            List.of("q_num_heads", a.heads(), "kv_num_heads", a.kvHeads(), "scale", a.scale()));
    if (a.softCap() > 0) {
      OnnxRuntime.checkCaps(OnnxRuntime.environment().getVersion());
      attributes.addAll(List.of("softcap", a.softCap()));
    }
    List<String> slots = new ArrayList<>();
    for (int g = 0; g < AttentionTiles.GROUPS; g++) {
      List<String> inputs =
          List.of(
              graph.rows(turnedQ, queries(g)),
              graph.rows(turnedK, keys(g)),
              graph.rows(v, keys(g)),
              mask(g, a.window()));
      String attended = graph.node("Attention", inputs, attributes.toArray());
      slots.add(graph.shaped(attended, -1, (long) a.heads() * a.headDim()));
    }
    return graph.rows(graph.node("Concat", slots, "axis", 0), SLOT_OF_TOKEN);
  }

  /**
   * Queries or keys under their rotation. The kernel looks a table up by position: the flat tokens
   * are one sequence to it, and the batch's tables have a row for each token.
   */
  private String turned(String x, Attention a, int heads, List<String> tables) {
    Rotary rotary = a.rotary();
    if (rotary == null) return x;
    long columns = (long) heads * a.headDim();
    String turned =
        graph.contrib(
            "RotaryEmbedding",
            List.of(graph.shaped(x, 1, -1, columns), graph.int64(0), tables.get(0), tables.get(1)),
            "num_heads",
            heads,
            "rotary_embedding_dim",
            rotary.dims() == a.headDim() ? 0 : rotary.dims());
    return graph.shaped(turned, -1, columns);
  }
}
