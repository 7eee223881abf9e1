package org.dpo4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
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
    TokenizedExample six = examples.example(3, 4); // 3 + 4 - 1
    TokenizedExample twenty = examples.example(10, 11); // 10 + 11 - 1
    assertEquals(
        List.of(List.of(six, six), List.of(six), List.of(twenty), List.of(six)),
        BatchPlanner.byTokens(List.of(six, six, six, twenty, six), 12));
    assertEquals(List.of(), BatchPlanner.byTokens(List.of(), 12));
  }
}
