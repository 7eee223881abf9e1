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
  /**
   * @param ranges start and end of each run of keys, the last one the block's own tokens
   * @param past keys before the own tokens
   * @param queries own tokens
   */
  @SuppressWarnings("ArrayRecordComponent") // on its way into the engine
  record Block(long[] ranges, int past, int queries) {
    /** Whether queries and keys are the same tokens. */
    boolean square() {
      return past == 0;
    }

    /** {@code [queries, past + queries]}: 0 where a query sees a key, else minus infinity. */
    double[] mask(int window) {
      int keys = past + queries;
      double[] mask = new double[queries * keys];
      for (int q = 0; q < queries; q++) {
        int place = past + q;
        int first = window == 0 ? 0 : Math.max(0, place - window + 1);
        Arrays.fill(mask, q * keys, q * keys + first, Double.NEGATIVE_INFINITY);
        Arrays.fill(mask, q * keys + place + 1, (q + 1) * keys, Double.NEGATIVE_INFINITY);
      }
      return mask;
    }
  }

  private AttentionPlan() {}

  static List<Block> of(TokenLayout layout) {
    List<Segment> segments = layout.segments();
    List<Block> blocks = new ArrayList<>();
    for (int head = 0, next; head < segments.size(); head = next) {
      Segment first = segments.get(head);
      int end = first.start() + first.length();
      for (next = head + 1; next < segments.size(); next++) {
        Segment s = segments.get(next);
        if (s.parent() != next - 1 || s.start() != end) break;
        end += s.length();
      }
      if (end > first.start()) blocks.add(block(segments, first, end));
    }
    return blocks;
  }

  private static Block block(List<Segment> segments, Segment head, int end) {
    List<Segment> ancestors = new ArrayList<>();
    for (int p = head.parent(); p >= 0; p = segments.get(p).parent()) {
      if (segments.get(p).length() > 0) ancestors.add(0, segments.get(p));
    }
    long[] ranges = new long[2 * ancestors.size() + 2];
    int past = 0;
    for (int i = 0; i < ancestors.size(); i++) {
      Segment s = ancestors.get(i);
      ranges[2 * i] = s.start();
      ranges[2 * i + 1] = s.start() + (long) s.length();
      past += s.length();
    }
    ranges[ranges.length - 2] = head.start();
    ranges[ranges.length - 1] = end;
    return new Block(ranges, past, end - head.start());
  }
}
