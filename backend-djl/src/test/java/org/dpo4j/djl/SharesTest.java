package org.dpo4j.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SharesTest {
  @Test
  void allEndTogether() {
    // 300 + 0.25 x 400 = 100 + 0.75 x 400
    Shares shares = Shares.of(new double[] {300, 100}, 400);
    assertEquals(0, shares.start(0, 64));
    assertEquals(16, shares.start(1, 64));
    assertEquals(64, shares.start(2, 64));
  }

  @Test
  void whoIsBeyondTheEndTakesNothing() {
    Shares shares = Shares.of(new double[] {100, 900, 100}, 400);
    assertEquals(32, shares.start(1, 64));
    assertEquals(32, shares.start(2, 64));
    assertEquals(64, shares.start(3, 64));
  }

  @Test
  void everyRowIsSomebodys() {
    Shares shares = Shares.of(new double[] {0, 0, 0}, 0);
    assertEquals(0, shares.start(0, 5));
    assertEquals(5, shares.start(3, 5));
  }
}
