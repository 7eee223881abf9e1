package org.dpo4j.backend;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * How per-device batches are cut into micro-batches so that a run stays within its memory. Rows of
 * about the same size come together, and rows with an equal prompt, which then lies in memory once.
 * A micro-batch keeps what its way back needs where that fits, and makes it again where it doesn't.
 */
public final class MemoryPlan implements MicroBatches {
  /**
   * Tokens of a micro-batch for each thread: from here on, products of matrices are no faster for
   * more rows. Long rows go beyond it until each thread has one.
   */
  private static final int TOKENS_PER_THREAD = 512;

  /** What a micro-batch costs besides its tokens, in tokens of a thread. */
  private static final int TOKENS_OF_A_START = 20;

  /** How far micro-batches may go beyond their tokens where threads get equal shares by that. */
  private static final double SLACK = 1.25;

  private static final Comparator<Family> LARGEST_FIRST =
      Comparator.comparingInt(f -> -f.shape.tokens());

  private final TrainingMemory memory;
  private final long budget;
  private final long heap;
  private final Recomputation recomputation;
  private final int tokens;
  private final int threads;

  /** When a pass makes activations again instead of keeping them. */
  public enum Recomputation {
    NEVER,
    /** Where keeping them doesn't fit. */
    WHERE_NEEDED,
    ALWAYS
  }

  /**
   * @param memory what the engine takes
   * @param budget bytes that the process may take, the Java heap included
   * @param heap bytes that the Java heap may take
   * @param threads of the engine
   */
  public MemoryPlan(
      TrainingMemory memory, long budget, long heap, Recomputation recomputation, int threads) {
    this.memory = memory;
    this.budget = budget;
    this.heap = heap;
    this.recomputation = recomputation;
    this.threads = threads;
    this.tokens = TOKENS_PER_THREAD * threads;
  }

  /** Bytes that the process may take. */
  public long budget() {
    return budget;
  }

  /** Bytes that are taken whatever goes through the model: the model's, the engine's and Java's. */
  public long fixed() {
    return memory.weights() + memory.engine() + heap;
  }

  /**
   * What a plan comes to.
   *
   * @param largest the micro-batch that takes most
   * @param microBatches of an epoch
   * @param recomputed of these, those that make activations again
   */
  public MemoryEstimate estimate(BatchShape largest, int microBatches, int recomputed) {
    return new MemoryEstimate(
        budget,
        memory.weights(),
        memory.engine() + heap,
        estimate(largest),
        largest.tokens(),
        memory.headChunk(largest),
        microBatches,
        recomputed);
  }

  /** Bytes that are left for what goes through the model at once. */
  public long forPasses() {
    return budget - fixed();
  }

  /**
   * What a pass may keep for its way back; one that would take more is recomputed. An engine is
   * opened with it.
   */
  public long activationBytes() {
    return switch (recomputation) {
      case NEVER -> Long.MAX_VALUE;
      case WHERE_NEEDED -> Math.max(0, forPasses());
      case ALWAYS -> 0;
    };
  }

  /** Whether a micro-batch of that shape is recomputed. */
  public boolean recomputes(BatchShape shape) {
    return memory.pass(shape, false) > activationBytes();
  }

  /** Bytes of the whole process while a micro-batch of that shape goes there and back. */
  public long estimate(BatchShape shape) {
    return fixed() + memory.pass(shape, recomputes(shape));
  }

  /**
   * Refuses rows that don't fit even one at a time.
   *
   * @throws InputException says which, and what would fit
   */
  public void check(List<TokenizedExample> rows) {
    @Nullable TokenizedExample largest = null;
    long most = 0;
    for (TokenizedExample row : rows) {
      long estimate = estimate(BatchShape.of(List.of(row)));
      if (estimate > most) {
        most = estimate;
        largest = row;
      }
    }
    if (largest == null || most <= budget) return;
    BatchShape shape = BatchShape.of(List.of(largest));
    boolean couldRecompute = recomputation == Recomputation.NEVER;
    long least = fixed() + memory.pass(shape, true);
    throw new InputException(
        ("Row %d, %,d tokens, takes %s on its way through the model; weights, gradients, optimizer, engine and Java take %s:"
                + " together more than the memory there is, %s. %s%s")
            .formatted(
                largest.row(),
                shape.tokens(),
                bytes(most - fixed()),
                bytes(fixed()),
                bytes(budget),
                couldRecompute && least <= budget
                    ? "Without --gradient_checkpointing false it fits: %s.".formatted(bytes(least))
                    : "It fits into --memory_budget %s."
                        .formatted(bytes(Math.min(most, least)).replace(" ", "")),
                shorter(shape)));
  }

  /** A sentence about the longest rows that fit, where any do. */
  private String shorter(BatchShape of) {
    int fits = 0;
    for (int longest = 1; longest < of.longest(); longest++) {
      double share = longest / (double) of.longest();
      BatchShape cut =
          new BatchShape(
              (int) Math.ceil(of.tokens() * share),
              (int) Math.ceil(of.predictions() * share),
              of.completions(),
              longest);
      if (estimate(cut) > budget) break;
      fits = longest;
    }
    return fits < 16 ? "" : " Or cut rows: --max_length %d fits.".formatted(fits / 16 * 16);
  }

  @Override
  public List<List<Integer>> of(List<TokenizedExample> batch) {
    List<Family> families = families(batch);
    List<List<Integer>> even = threads == 1 ? List.of() : evenly(families);
    return even.isEmpty() ? inTurn(families) : even;
  }

  /**
   * Micro-batches of a share for each thread. The largest family goes first, each to the share that
   * has least so far; shares of about the same size come together. Of a few numbers of
   * micro-batches that one where the threads wait least for each other. Empty where none fits.
   */
  private List<List<Integer>> evenly(List<Family> families) {
    int all = families.stream().mapToInt(f -> f.shape.tokens()).sum();
    int most = families.size() / threads;
    int least = Math.min(most, Math.max(1, all / tokens));
    List<List<Integer>> best = List.of();
    int shortest = Integer.MAX_VALUE;
    for (int parts = least; parts <= most && parts > 0; parts++) {
      if (parts > least + 2 && !best.isEmpty()) break;
      List<Family> shares = shares(families, parts * threads);
      List<List<Integer>> cut = new ArrayList<>();
      int length = parts * TOKENS_OF_A_START;
      for (int first = 0; first < shares.size(); first += threads) {
        List<Family> side = shares.subList(first, first + threads);
        Family together = side.stream().reduce(Family::plus).orElseThrow();
        if (fits(together.shape, parts == most)) cut.add(together.places);
        length += side.get(0).shape.tokens();
      }
      if (cut.size() == parts && length < shortest) {
        best = cut;
        shortest = length;
      }
    }
    return best;
  }

  private static List<Family> shares(List<Family> families, int count) {
    List<Family> shares = new ArrayList<>(families.subList(0, count));
    for (Family family : families.subList(count, families.size())) {
      Family least = Collections.min(shares, Comparator.comparingInt(f -> f.shape.tokens()));
      shares.set(shares.indexOf(least), least.plus(family));
    }
    shares.sort(LARGEST_FIRST);
    return shares;
  }

  private boolean fits(BatchShape shape, boolean howeverLong) {
    boolean recomputed = recomputes(shape);
    return (howeverLong || shape.tokens() <= SLACK * tokens)
        && (!recomputed || recomputation == Recomputation.ALWAYS)
        && memory.pass(shape, recomputed) <= room(recomputed);
  }

  /** One family after another, as many together as fit. */
  private List<List<Integer>> inTurn(List<Family> all) {
    List<List<Integer>> parts = new ArrayList<>();
    List<Integer> part = new ArrayList<>();
    @Nullable BatchShape shape = null;
    boolean recomputed = false;
    int families = 0;
    for (Family family : all) {
      @Nullable BatchShape together = shape == null ? null : shape.plus(family.shape);
      if (together != null
          && (together.tokens() <= tokens || families < threads)
          && recomputes(family.shape) == recomputed
          && memory.pass(together, recomputed) <= room(recomputed)) {
        part.addAll(family.places);
        shape = together;
        families++;
      } else {
        part = new ArrayList<>(family.places);
        parts.add(part);
        shape = family.shape;
        families = 1;
        recomputed = recomputes(shape);
      }
    }
    return parts;
  }

  private long room(boolean recomputed) {
    return recomputed ? forPasses() : Math.min(forPasses(), activationBytes());
  }

  /** Rows of a batch that have a prompt in common. */
  private record Family(List<Integer> places, BatchShape shape) {
    Family plus(Family more) {
      List<Integer> together = new ArrayList<>(places);
      together.addAll(more.places);
      return new Family(together, shape.plus(more.shape));
    }
  }

  /** The largest first. One that doesn't fit as a whole is taken apart. */
  private List<Family> families(List<TokenizedExample> batch) {
    Map<TokenIds, List<Integer>> byPrompt = new LinkedHashMap<>();
    List<List<Integer>> together = new ArrayList<>();
    for (int place = 0; place < batch.size(); place++) {
      TokenIds prompt = batch.get(place).completions().get(0).prompt();
      List<Integer> places = prompt.isEmpty() ? null : byPrompt.get(prompt);
      if (places == null) {
        places = new ArrayList<>();
        together.add(places);
        byPrompt.put(prompt, places);
      }
      places.add(place);
    }
    List<Family> families = new ArrayList<>();
    for (List<Integer> places : together) {
      Family whole = family(batch, places);
      if (places.size() == 1 || fits(whole.shape)) {
        families.add(whole);
      } else {
        for (int place : places) families.add(family(batch, List.of(place)));
      }
    }
    families.sort(LARGEST_FIRST);
    return families;
  }

  private boolean fits(BatchShape shape) {
    return shape.tokens() <= tokens && memory.pass(shape, recomputes(shape)) <= forPasses();
  }

  private static Family family(List<TokenizedExample> batch, List<Integer> places) {
    return new Family(places, BatchShape.of(places.stream().map(batch::get).toList()));
  }

  /** {@code 3.4 GB}, for people. */
  public static String bytes(long bytes) {
    return bytes < 1e9
        ? String.format(Locale.ROOT, "%.0f MB", Math.ceil(bytes / 1e6))
        : String.format(Locale.ROOT, "%.1f GB", Math.ceil(bytes / 1e8) / 10);
  }
}
