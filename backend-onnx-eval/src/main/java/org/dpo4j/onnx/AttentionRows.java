package org.dpo4j.onnx;

import static org.dpo4j.onnx.GraphBuilder.CONTRIB;
import static org.dpo4j.onnx.GraphBuilder.INT32;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.layout.Axis;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Rotary;

/**
 * Attention by the runtime's own kernel, which takes rows padded on the right: prompt and
 * completion, once for each completion. Flat tokens are gathered into {@link
 * org.dpo4j.layout.TokenLayout.CausalRows}, and back. Nothing else of the graph sees a row.
 */
final class AttentionRows {
  /** Inputs of the graph, beside the model's own. */
  static final String TOKEN_OF_SLOT = "tokenOfSlot";

  static final String SLOT_OF_TOKEN = "slotOfToken";
  static final String LAST_OF_ROW = "lastOfRow";
  static final String WIDTH = "width";

  /** What the kernel's head size must be a multiple of. */
  private static final int HEAD_MULTIPLE = 8;

  private final GraphBuilder graph;

  AttentionRows(GraphBuilder graph) {
    this.graph = graph;
    graph.input(TOKEN_OF_SLOT, INT32, "rows", WIDTH);
    graph.input(SLOT_OF_TOKEN, INT32, Axis.TOKENS.name());
    graph.input(LAST_OF_ROW, INT32, "rows");
    graph.input(WIDTH, INT32);
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
    int size = (a.headDim() + HEAD_MULTIPLE - 1) / HEAD_MULTIPLE * HEAD_MULTIPLE;
    List<String> inputs =
        List.of(
            padded(turned(q, a, a.heads(), tables), a.heads(), a.headDim(), size),
            padded(turned(k, a, a.kvHeads(), tables), a.kvHeads(), a.headDim(), size),
            padded(v, a.kvHeads(), a.headDim(), size),
            "", // no past keys,
            "", // no past values
            LAST_OF_ROW,
            WIDTH);
    List<Object> attributes =
        new ArrayList<>(
            List.of("num_heads", a.heads(), "kv_num_heads", a.kvHeads(), "scale", a.scale()));
    if (a.softCap() > 0) attributes.addAll(List.of("softcap", a.softCap()));
    if (a.window() > 0) attributes.addAll(List.of("local_window_size", a.window()));
    String slots =
        graph.nodes(CONTRIB, "GroupQueryAttention", 3, inputs, attributes.toArray()).get(0);
    String tokens = graph.rows(graph.shaped(slots, -1, (long) a.heads() * size), SLOT_OF_TOKEN);
    return narrowed(tokens, a.heads(), a.headDim(), size);
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

  /** In rows; heads are filled up with zeros, which add nothing to a score. */
  private String padded(String x, int heads, int headDim, int size) {
    if (size > headDim) {
      String ends = graph.int64(0, 0, 0, 0, 0, size - headDim);
      String filled = graph.node("Pad", List.of(graph.shaped(x, -1, heads, headDim), ends));
      x = graph.shaped(filled, -1, (long) heads * size);
    }
    return graph.rows(x, TOKEN_OF_SLOT);
  }

  private String narrowed(String x, int heads, int headDim, int size) {
    if (size == headDim) return x;
    String filled = graph.shaped(x, -1, heads, size);
    String cut = graph.slice(filled, 2, graph.int64(0), graph.int64(headDim));
    return graph.shaped(cut, -1, (long) heads * headDim);
  }
}
