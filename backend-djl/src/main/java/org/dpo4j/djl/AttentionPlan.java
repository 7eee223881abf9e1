package org.dpo4j.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.layout.TokenLayout.Segment;

/**
 * A layout's attention as blocks of queries, in the order of tokens. A prompt and the completion
 * that lies right behind it are one causal block; every other completion is a block of its own
 * tokens over [prompt | own].
 */
final class AttentionPlan {
  /** Tokens [start, end) of a block. */
  record Span(int block, int start, int end) {
    int length() {
      return end - start;
    }
  }

  /**
   * @param past the keys before the own tokens, in earlier blocks
   * @param queries own tokens
   */
  record Block(List<Span> past, int queries) {
    /** Whether queries and keys are the same tokens. */
    boolean square() {
      return past.isEmpty();
    }

    int keys() {
      return past.stream().mapToInt(Span::length).sum() + queries;
    }

    /** {@code [queries, keys]}: 0 where a query sees a key, else minus infinity. */
    double[] mask(int window) {
      int keys = keys();
      double[] mask = new double[queries * keys];
      for (int q = 0; q < queries; q++) {
        int place = keys - queries + q;
        int first = window == 0 ? 0 : Math.max(0, place - window + 1);
        Arrays.fill(mask, q * keys, q * keys + first, Double.NEGATIVE_INFINITY);
        Arrays.fill(mask, q * keys + place + 1, (q + 1) * keys, Double.NEGATIVE_INFINITY);
      }
      return mask;
    }
  }

  private final List<Segment> segments;
  private final List<Block> blocks = new ArrayList<>();

  /** Where each segment lies; null for one without tokens. */
  private final Span[] places;

  private AttentionPlan(List<Segment> segments) {
    this.segments = segments;
    this.places = new Span[segments.size()];
  }

  static List<Block> of(TokenLayout layout) {
    AttentionPlan plan = new AttentionPlan(layout.segments());
    for (int head = 0; head < plan.places.length; ) head = plan.addBlock(head);
    return plan.blocks;
  }

  /** Adds the block that starts with a segment, if it has tokens; returns the segment after it. */
  private int addBlock(int head) {
    int tokens = 0;
    int next = head;
    do {
      int length = segments.get(next).length();
      places[next] = new Span(blocks.size(), tokens, tokens + length);
      tokens += length;
      next++;
    } while (next < places.length && segments.get(next).parent() == next - 1);
    if (tokens == 0) return next;
    List<Span> past = new ArrayList<>();
    for (int p = segments.get(head).parent(); p >= 0; p = segments.get(p).parent()) {
      if (places[p].length() > 0) past.add(0, places[p]);
    }
    blocks.add(new Block(past, tokens));
    return next;
  }
}
