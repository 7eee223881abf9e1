package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LossStateTest {
  @Test
  void isNeverChangedInPlace() {
    LossState one = LossState.EMPTY.with("mean", 1);
    LossState two = one.with("mean", 2).with("count", 3);
    assertEquals(1, one.get("mean", 0));
    assertEquals(2, two.get("mean", 0));
    assertEquals(7, one.get("count", 7), "what it is before it was first set");
  }

  @Test
  void holdsWhatCanBeSaved() {
    assertEquals(
        "mean is NaN, expected a finite number",
        assertThrows(IllegalArgumentException.class, () -> LossState.EMPTY.with("mean", Double.NaN))
            .getMessage());
  }
}
