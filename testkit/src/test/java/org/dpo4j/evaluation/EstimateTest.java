package org.dpo4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class EstimateTest {
  @Test
  void theMeanLeavesOutRowsWithoutAValue() {
    Estimate e = Estimate.of(DoubleStream.of(1, Double.NaN, 2, 6), 0);
    assertEquals(3, e.mean()); // (1 + 2 + 6) / 3
    assertTrue(1 <= e.low() && e.low() < 3 && 3 < e.high() && e.high() <= 6, e.toString());
  }

  @Test
  void withoutAValueThereIsNoEstimate() {
    assertNull(Estimate.of(DoubleStream.of(Double.NaN), 0));
  }

  @Test
  void equalRowsLeaveNoDoubt() {
    assertEquals(new Estimate(0.25, 0.25, 0.25), Estimate.of(DoubleStream.of(0.25, 0.25), 0));
  }

  @Test
  void equalSeedsGiveEqualIntervals() {
    double[] rows = new Random(1).doubles(40).toArray();
    assertEquals(Estimate.of(DoubleStream.of(rows), 3), Estimate.of(DoubleStream.of(rows), 3));
  }

  /** Of a normal mean, mean +- 1.96 standard errors; here the error is 1 / sqrt(400) = 0.05. */
  @Test
  void ofManyRowsTheIntervalIsThatOfTheNormalDistribution() {
    double[] rows = new Random(2).doubles(400).map(u -> Math.sqrt(12) * (u - 0.5)).toArray();
    Estimate e = Estimate.of(DoubleStream.of(rows), 0);
    assertEquals(e.mean() - 1.96 * 0.05, e.low(), 0.012);
    assertEquals(e.mean() + 1.96 * 0.05, e.high(), 0.012);
  }

  /** 95 of 100, give or take; of 60 rows the percentile bootstrap covers a little less. */
  @Test
  void aboutNineteenOfTwentyIntervalsHoldTheTrueMean() {
    int held = 0;
    Random random = new Random(3);
    for (int trial = 0; trial < 300; trial++) {
      Estimate e = Estimate.of(random.doubles(60).map(u -> u < 0.7 ? 1 : 0), trial);
      if (e.low() <= 0.7 && 0.7 <= e.high()) held++;
    }
    assertTrue(held >= 0.90 * 300 && held <= 0.99 * 300, held + " of 300");
  }
}
