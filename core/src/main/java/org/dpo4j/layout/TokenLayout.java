package org.dpo4j.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;

/**
 * How the tokens of a batch lie in memory: one flat list without padding, as a forest of segments.
 * An equal prompt is laid down once, whichever examples of the batch have it, then each completion;
 * a completion's positions go on from its prompt's end, and it attends to its prompt and to itself
 * only. Its last token is a target only and never laid down. Predictions come in the order of
 * examples, completions and tokens.
 *
 * <p>Arrays that a layout hands out are its own: read them, don't write.
 */
public final class TokenLayout {
  /**
   * A run of tokens.
   *
   * @param start its first token
   * @param length its number of tokens; may be 0
   * @param parent the segment that it follows, or -1
   */
  public record Segment(int start, int length, int parent) {}

  private final List<Segment> segments;
  private final List<Integer> leaves;
  private final int[] ids;
  private final int[] positions;
  private final int[] segmentOf;
  private final int[] sequenceLengths;
  private final int[] predictedFrom;
  private final int[] targets;
  private final int[] firstPrediction;
  private final int[] exampleOf;

  private TokenLayout(Builder b) {
    segments = List.copyOf(b.segments);
    leaves = List.copyOf(b.leaves);
    ids = b.ids.toArray();
    positions = b.positions.toArray();
    segmentOf = b.segmentOf.toArray();
    sequenceLengths = b.sequenceLengths.toArray();
    predictedFrom = b.predictedFrom.toArray();
    targets = b.targets.toArray();
    b.firstPrediction.add(targets.length);
    firstPrediction = b.firstPrediction.toArray();
    exampleOf = b.exampleOf.toArray();
  }

  /**
   * Lays examples down.
   *
   * @param mayShare whether an example's completions may share an equal prompt, by the length in
   *     tokens of its longest sequence: a rotation that depends on a sequence's own length forbids
   *     it
   */
  public static TokenLayout of(List<TokenizedExample> examples, IntPredicate mayShare) {
    Builder b = new Builder();
    Map<TokenIds, Integer> roots = new HashMap<>();
    for (int e = 0; e < examples.size(); e++) {
      boolean share = mayShare.test(examples.get(e).longest());
      for (TokenizedCompletion c : examples.get(e).completions()) {
        TokenIds prompt = c.prompt();
        Integer root = share ? roots.get(prompt) : null;
        if (root == null) {
          root = b.segment(prompt, prompt.size(), -1, 0, c.length());
          if (share && prompt.size() > 0) roots.put(prompt, root); // nothing is not worth a tree
        }
        b.completion(c, root, e);
      }
    }
    return new TokenLayout(b);
  }

  /**
   * Some of the trees, as if the others were not there.
   *
   * @param kept by segment: of a tree, all or none
   */
  TokenLayout part(boolean[] kept) {
    Builder b = new Builder();
    int[] moved = new int[segments.size()]; // of each segment that is kept, its new number
    for (int s = 0; s < moved.length; s++) {
      if (kept[s]) moved[s] = b.copy(this, segments.get(s), moved);
    }
    for (int c = 0; c < leaves.size(); c++) {
      if (kept[leaves.get(c)]) b.copyCompletion(this, c, moved);
    }
    return new TokenLayout(b);
  }

  /** The rows of an axis in this batch. */
  public int length(Axis axis) {
    if (axis.equals(Axis.ONE)) return 1;
    if (axis.equals(Axis.TOKENS)) return ids.length;
    if (axis.equals(Axis.PREDICTIONS)) return targets.length;
    throw new IllegalArgumentException("a layout has no axis " + axis);
  }

  /** The values of an index, {@code [from]}. */
  public int[] values(Index index) {
    if (index.equals(Index.IDS)) return ids;
    if (index.equals(Index.POSITION)) return positions;
    if (index.equals(Index.PREDICTED_FROM)) return predictedFrom;
    if (index.equals(Index.TARGETS)) return targets;
    throw new IllegalArgumentException("a layout has no index " + index);
  }

  /** {@code [tokens]}: the length of the whole sequence of each token, its last token included. */
  public int[] sequenceLengths() {
    return sequenceLengths;
  }

  /** {@code [tokens]}: the segment of each token. */
  public int[] segmentOf() {
    return segmentOf;
  }

  /** Parents before children. */
  public List<Segment> segments() {
    return segments;
  }

  /** {@code [completions]}: the segment that each completion laid down. */
  public List<Integer> leaves() {
    return leaves;
  }

  public int completions() {
    return leaves.size();
  }

  /** The example that a completion belongs to, counted from 0 in the order of completions. */
  int exampleOf(int completion) {
    return exampleOf[completion];
  }

  /** The first prediction of a completion; of the number of completions, the end of the last. */
  public int firstPrediction(int completion) {
    return firstPrediction[completion];
  }

  /** The tokens from the root to the end of a segment, in order. */
  public int[] path(int segment) {
    Segment s = segments.get(segment);
    int[] before = s.parent < 0 ? new int[0] : path(s.parent);
    int[] path = Arrays.copyOf(before, before.length + s.length);
    for (int k = 0; k < s.length; k++) path[before.length + k] = s.start + k;
    return path;
  }

  /**
   * The lowering of attention for engines that want rows: one right-padded row per completion,
   * prompt + completion, causal, no mask.
   *
   * @param rows one per completion
   * @param width the longest row
   * @param tokenOfSlot {@code [rows x width]}; padding repeats token 0
   * @param slotOfToken {@code [tokens]}: a slot that holds the token
   * @param rowLengths {@code [rows]}
   */
  @SuppressWarnings("ArrayRecordComponent") // a value on its way into an engine
  public record CausalRows(
      int rows, int width, int[] tokenOfSlot, int[] slotOfToken, int[] rowLengths) {}

  /** See {@link CausalRows}. */
  public CausalRows causalRows() {
    List<int[]> rows = leaves.stream().map(this::path).toList();
    int width = rows.stream().mapToInt(r -> r.length).max().orElse(0);
    int[] tokenOfSlot = new int[rows.size() * width];
    int[] slotOfToken = new int[ids.length];
    int[] lengths = new int[rows.size()];
    for (int r = rows.size() - 1; r >= 0; r--) {
      int[] row = rows.get(r);
      lengths[r] = row.length;
      for (int k = 0; k < row.length; k++) {
        tokenOfSlot[r * width + k] = row[k];
        slotOfToken[row[k]] = r * width + k;
      }
    }
    return new CausalRows(rows.size(), width, tokenOfSlot, slotOfToken, lengths);
  }

  private static final class Builder {
    private final List<Segment> segments = new ArrayList<>();
    private final List<Integer> leaves = new ArrayList<>();
    private final IntList ids = new IntList();
    private final IntList positions = new IntList();
    private final IntList segmentOf = new IntList();
    private final IntList sequenceLengths = new IntList();
    private final IntList predictedFrom = new IntList();
    private final IntList targets = new IntList();
    private final IntList firstPrediction = new IntList();
    private final IntList exampleOf = new IntList();

    int segment(TokenIds tokens, int length, int parent, int position, int sequenceLength) {
      segments.add(new Segment(ids.size, length, parent));
      for (int t = 0; t < length; t++) {
        ids.add(tokens.get(t));
        positions.add(position + t);
        segmentOf.add(segments.size() - 1);
        sequenceLengths.add(sequenceLength);
      }
      return segments.size() - 1;
    }

    void completion(TokenizedCompletion c, int root, int example) {
      int prompt = c.prompt().size();
      Segment before = segments.get(root);
      int start = ids.size;
      leaves.add(segment(c.ids(), c.ids().size() - 1, root, prompt, c.length()));
      firstPrediction.add(targets.size);
      exampleOf.add(example);
      for (int t = c.ids().size() - c.predictions(); t < c.ids().size(); t++) {
        predictedFrom.add(t == 0 ? before.start + prompt - 1 : start + t - 1);
        targets.add(c.ids().get(t));
      }
    }

    int copy(TokenLayout whole, Segment s, int[] moved) {
      int parent = s.parent < 0 ? -1 : moved[s.parent];
      segments.add(new Segment(ids.size, s.length, parent));
      for (int t = s.start; t < s.start + s.length; t++) {
        ids.add(whole.ids[t]);
        positions.add(whole.positions[t]);
        segmentOf.add(segments.size() - 1);
        sequenceLengths.add(whole.sequenceLengths[t]);
      }
      return segments.size() - 1;
    }

    void copyCompletion(TokenLayout whole, int completion, int[] moved) {
      leaves.add(moved[whole.leaves.get(completion)]);
      firstPrediction.add(targets.size);
      exampleOf.add(whole.exampleOf[completion]);
      for (int p = whole.firstPrediction[completion];
          p < whole.firstPrediction[completion + 1];
          p++) {
        int from = whole.predictedFrom[p];
        int segment = whole.segmentOf[from];
        int start = segments.get(moved[segment]).start;
        predictedFrom.add(start + from - whole.segments.get(segment).start);
        targets.add(whole.targets[p]);
      }
    }
  }

  private static final class IntList {
    private int[] values = new int[64];
    private int size;

    void add(int value) {
      if (size == values.length) values = Arrays.copyOf(values, 2 * size);
      values[size++] = value;
    }

    int[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }
}
