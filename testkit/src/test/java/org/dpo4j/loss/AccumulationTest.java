package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * FIELD N05: the same pairs cut into other per-device batches. Each is averaged over its own rows,
 * and they weigh the same.
 */
class AccumulationTest {
  /** Eight pairs with answers of 1 to 8 tokens. */
  private static final ScoredBatch EIGHT = pairs();

  private static ScoredBatch pairs() {
    Random random = new Random(5);
    ScoredBatch batch = ScoredBatch.empty();
    for (int n = 1; n <= 8; n++) batch = batch.pair(scores(n, random), scores(9 - n, random));
    return batch;
  }

  private static Scores scores(int tokens, Random random) {
    return new Scores(
        random.doubles(tokens, -3, -0.1).toArray(), random.doubles(tokens, -3, -0.1).toArray());
  }

  static Stream<PreferenceLoss<?>> perComparison() {
    return Stream.of(
        new SigmoidLoss(0.3),
        new CdpoLoss(0.3, 0.1),
        new RobustLoss(0.3, 0.1),
        new IpoLoss(0.3),
        new HingeLoss(0.3));
  }

  @ParameterizedTest
  @MethodSource("perComparison")
  void equalSplitsAreEqual(PreferenceLoss<?> loss) {
    Objective objective = Objective.of(loss);
    Evaluation whole = EIGHT.evaluate(objective);
    for (int perDevice : new int[] {1, 2, 4}) {
      Accumulated split = accumulate(objective, EIGHT, perDevice);
      assertEquals(whole.value(), split.value, 1e-13 * Math.max(1, whole.value()));
      assertArrayEquals(whole.gradient(), split.gradient, 1e-13);
    }
  }

  /**
   * The mean of the means over each batch's tokens: by token, 1 / (batches x tokens of its own).
   */
  @Test
  void sftWeighsEachBatchTheSame() {
    Objective sft = Objective.of(new SftLoss());
    Evaluation whole = EIGHT.evaluate(sft);
    assertEquals(-1.0 / 36, whole.gradient()[0], 1e-15); // 1 + 2 + ... + 8 chosen tokens
    Accumulated halves = accumulate(sft, EIGHT, 4);
    assertEquals(-1.0 / 2 / 10, halves.gradient[0], 1e-15); // 1 + 2 + 3 + 4
    assertNotEquals(whole.value(), halves.value, 1e-3);
  }

  /** 4 + 3 rows: the mean of two means, in which the last three rows weigh more. */
  @Test
  void anUnevenLastBatchWeighsAsMuchAsTheOthers() {
    Objective sigmoid = Objective.of(new SigmoidLoss(0.3));
    ScoredBatch seven = EIGHT.rows(0, 7);
    double first = EIGHT.rows(0, 4).evaluate(sigmoid).value();
    double last = EIGHT.rows(4, 7).evaluate(sigmoid).value();
    assertEquals((first + last) / 2, accumulate(sigmoid, seven, 4).value, 1e-15);
    assertEquals(
        (4 * first + 3 * last) / 7, accumulate(sigmoid, seven, 1).value, 1e-15, "rows of 1");
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Accumulated(double value, double[] gradient) {}

  /** As a trainer does it: the mean over per-device batches. */
  private static Accumulated accumulate(Objective objective, ScoredBatch rows, int perDevice) {
    int batches = (rows.size() + perDevice - 1) / perDevice;
    double value = 0;
    double[] gradient = new double[0];
    for (int b = 0; b < batches; b++) {
      int to = Math.min(rows.size(), (b + 1) * perDevice);
      Evaluation e = rows.rows(b * perDevice, to).evaluate(objective);
      value += e.value() / batches;
      int before = gradient.length;
      gradient = Arrays.copyOf(gradient, before + e.gradient().length);
      for (int t = before; t < gradient.length; t++) {
        gradient[t] = e.gradient()[t - before] / batches;
      }
    }
    return new Accumulated(value, gradient);
  }
}
