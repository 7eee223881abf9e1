package org.dpo4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

class BatchPlannerTest {
  private final TestExamples examples = new TestExamples(1, 37);

  @Test
  void partsOfASizeKeepTheOrderAndTheLastIsSmaller() {
    assertEquals(
        List.of(List.of(1, 2, 3), List.of(4, 5, 6), List.of(7)),
        BatchPlanner.bySize(List.of(1, 2, 3, 4, 5, 6, 7), 3));
    assertEquals(List.of(), BatchPlanner.bySize(List.of(), 3));
    assertThrows(IllegalArgumentException.class, () -> BatchPlanner.bySize(List.of(1), 0));
  }

  @Test
  void tokensAreThoseOfALayoutThatSharesPrompts() {
    List<TokenizedExample> mixed = examples.mixed();
    assertEquals(
        TokenLayout.of(mixed, longest -> true).length(Axis.TOKENS), BatchPlanner.tokens(mixed));
  }

  @Test
  void partsHoldNoMoreTokensThanAskedForUnlessOneExampleDoes() {
    List<TokenizedExample> sixes = Stream.generate(() -> examples.example(3, 4)).limit(4).toList();
    TokenizedExample twenty = examples.example(10, 11); // 10 + 11 - 1
    assertEquals(
        List.of(sixes.subList(0, 2), List.of(sixes.get(2)), List.of(twenty), List.of(sixes.get(3))),
        BatchPlanner.byTokens(
            List.of(sixes.get(0), sixes.get(1), sixes.get(2), twenty, sixes.get(3)), 12));
    assertEquals(List.of(), BatchPlanner.byTokens(List.of(), 12));
  }

  @Test
  void anEqualPromptCountsOnceInAPart() {
    TokenizedExample six = examples.example(3, 4); // again, it is 3 tokens more
    assertEquals(12, BatchPlanner.tokens(List.of(six, six, six)));
    assertEquals(
        List.of(List.of(six, six, six), List.of(six)),
        BatchPlanner.byTokens(List.of(six, six, six, six), 12));
  }
}
