package org.dpo4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.backend.MemoryPlan.Recomputation;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.service.InputException;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private final TestExamples examples = new TestExamples(1, 1000);

  /**
   * 10 bytes for each token that is kept, 3 for each that isn't; 1,000 for what is always there.
   */
  private static final TrainingMemory MEMORY =
      new TrainingMemory() {
        @Override
        public long weights() {
          return 700;
        }

        @Override
        public long engine() {
          return 200;
        }

        @Override
        public int headChunk(BatchShape shape) {
          return Math.min(64, shape.predictions());
        }

        @Override
        public long pass(BatchShape shape, boolean recomputed) {
          return shape.tokens() * (recomputed ? 3L : 10L);
        }
      };

  private static MemoryPlan plan(long forPasses, Recomputation recomputation, int threads) {
    return new MemoryPlan(MEMORY, 1000 + forPasses, 100, recomputation, threads);
  }

  /** An example of so many tokens. */
  private TokenizedExample row(int tokens) {
    return examples.example(tokens - 4, 3, 3);
  }

  private List<TokenizedExample> rows(int... tokens) {
    return IntStream.of(tokens).mapToObj(this::row).toList();
  }

  @Test
  void rowsOfLikeSizeComeTogetherAndEachComesOnce() {
    List<TokenizedExample> batch = rows(10, 100, 20, 90, 30, 80);
    assertEquals(
        List.of(List.of(1, 3), List.of(5, 4, 2, 0)),
        plan(2000, Recomputation.WHERE_NEEDED, 2).of(batch));
  }

  @Test
  void everyPartFits() {
    List<TokenizedExample> batch = new ArrayList<>();
    for (int tokens = 5; tokens < 120; tokens += 3) batch.add(row(tokens));
    for (Recomputation when : Recomputation.values()) {
      for (long room : new long[] {1200, 2000, 100_000}) {
        MemoryPlan plan = plan(room, when, 2);
        List<Integer> all = new ArrayList<>();
        for (List<Integer> part : plan.of(batch)) {
          BatchShape shape = BatchShape.of(part.stream().map(batch::get).toList());
          assertTrue(plan.estimate(shape) <= plan.budget(), when + " " + room + " " + shape);
          assertTrue(shape.tokens() <= 1024 * 1.25);
          all.addAll(part);
        }
        Collections.sort(all);
        assertEquals(IntStream.range(0, batch.size()).boxed().toList(), all);
      }
    }
  }

  @Test
  void whatDoesNotFitIsRecomputedAndNothingElse() {
    MemoryPlan plan = plan(700, Recomputation.WHERE_NEEDED, 2);
    List<TokenizedExample> batch = rows(200, 30, 30);
    assertEquals(List.of(List.of(0), List.of(1, 2)), plan.of(batch));
    assertTrue(plan.recomputes(BatchShape.of(batch.subList(0, 1))));
    assertFalse(plan.recomputes(BatchShape.of(batch.subList(1, 3))));
    assertEquals(1000 + 600, plan.estimate(BatchShape.of(batch.subList(0, 1))));
    assertEquals(0, plan(700, Recomputation.ALWAYS, 2).activationBytes());
    assertEquals(Long.MAX_VALUE, plan(700, Recomputation.NEVER, 2).activationBytes());
  }

  @Test
  void saysWhatItComesTo() {
    MemoryEstimate kept =
        plan(700, Recomputation.WHERE_NEEDED, 2).estimate(BatchShape.of(rows(50)), 3, 0);
    assertEquals(new MemoryEstimate(1700, 700, 300, 1500, 50, 6, 3, 0), kept);
    assertEquals(
        "Memory: up to 5.2 GB of 22.3 GB. Weights, gradients and optimizer 2.2 GB, engine and Java 900 MB,"
            + " micro-batches of up to 1,014 tokens 2.2 GB: 61 an epoch, activations of 7 computed again on the way back,"
            + " logits of 256 predictions at once.",
        new MemoryEstimate(
                22_300_000_000L, 2_150_000_000L, 900_000_000L, 5_200_000_000L, 1014, 256, 61, 7)
            .sentences());
  }

  @Test
  void moreThreadsTakeMoreAtOnce() {
    List<TokenizedExample> batch = rows(400, 400, 400, 400);
    assertEquals(4, plan(1_000_000, Recomputation.WHERE_NEEDED, 1).of(batch).size());
    assertEquals(2, plan(1_000_000, Recomputation.WHERE_NEEDED, 2).of(batch).size());
    assertEquals(1, plan(1_000_000, Recomputation.WHERE_NEEDED, 4).of(batch).size());
  }

  @Test
  void threadsGetSharesOfAboutTheSameSize() {
    List<TokenizedExample> batch = rows(600, 300, 310, 200, 190, 220);
    // 600 beside 300 + 190, 220 + 200 beside 310: the threads are busy for 600 + 420 tokens
    assertEquals(
        List.of(List.of(0, 1, 4), List.of(5, 3, 2)),
        plan(1_000_000, Recomputation.WHERE_NEEDED, 2).of(batch));
  }

  @Test
  void longRowsComeTogetherUntilEachThreadHasOne() {
    List<TokenizedExample> batch = rows(800, 700, 900, 600);
    assertEquals(
        List.of(List.of(2, 0), List.of(1, 3)),
        plan(1_000_000, Recomputation.WHERE_NEEDED, 2).of(batch));
  }

  @Test
  void rowsWithAnEqualPromptComeTogetherWhereTheyFit() {
    TokenIds prompt = examples.ids(100);
    List<TokenizedExample> batch = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      batch.add(i % 2 == 0 ? after(prompt, 20) : row(130));
    }
    // 100 + 3 x 19 tokens; each by itself 119
    assertEquals(
        List.of(List.of(0, 2, 4), List.of(1), List.of(3), List.of(5)),
        plan(1700, Recomputation.NEVER, 2).of(batch));
    assertEquals(
        List.of(List.of(1), List.of(3), List.of(5), List.of(0), List.of(2), List.of(4)),
        plan(1300, Recomputation.NEVER, 2).of(batch));
  }

  private TokenizedExample after(TokenIds prompt, int completion) {
    return new TokenizedExample(
        0,
        List.of(new TokenizedCompletion(prompt, examples.ids(completion))),
        new Judgement.None(),
        java.util.Map.of());
  }

  @Test
  void aRowThatDoesNotFitIsRefusedWithWhatWould() {
    List<TokenizedExample> rows = rows(50, 600, 40);
    plan(1800, Recomputation.WHERE_NEEDED, 2).check(rows);
    String recomputed =
        assertThrows(
                InputException.class, () -> plan(1700, Recomputation.WHERE_NEEDED, 2).check(rows))
            .getMessage();
    assertTrue(recomputed.contains("600 tokens"), recomputed);
    assertTrue(recomputed.contains("--memory_budget 1MB"), recomputed);
    assertTrue(recomputed.contains("--max_length 560 fits"), recomputed);
    String kept =
        assertThrows(InputException.class, () -> plan(1800, Recomputation.NEVER, 2).check(rows))
            .getMessage();
    assertTrue(kept.contains("Without --gradient_checkpointing false it fits"), kept);
    // not even the model
    assertThrows(InputException.class, () -> plan(-10, Recomputation.WHERE_NEEDED, 2).check(rows));
  }
}
