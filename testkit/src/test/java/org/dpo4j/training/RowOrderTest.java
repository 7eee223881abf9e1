package org.dpo4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The permutations are torch.randperm's (2.8) of a generator with that seed. */
class RowOrderTest {
  private static final int[] SEED_42 = {
    34, 26, 18, 22, 28, 37, 0, 24, 2, 5, 7, 33, 30, 17, 29, 10, 31, 12, 25, 36, 11, 27, 23, 6, 21,
    13, 16, 9, 35, 8, 3, 19, 20, 15, 4, 1, 32, 14
  };
  private static final int[] SEED_43 = {
    16, 37, 13, 15, 23, 31, 22, 21, 3, 29, 33, 7, 14, 1, 11, 25, 2, 0, 24, 20, 9, 10, 4, 12, 32, 36,
    18, 17, 5, 34, 19, 27, 35, 30, 6, 8, 28, 26
  };

  @Test
  void eachEpochIsTorchsPermutationOfSeedPlusEpoch() {
    assertArrayEquals(SEED_42, RowOrder.RANDOM.epoch(38, 42, 0));
    assertArrayEquals(SEED_43, RowOrder.RANDOM.epoch(38, 42, 1));
    assertArrayEquals(new int[] {4, 1, 7, 5, 3, 9, 0, 8, 6, 2}, RowOrder.RANDOM.epoch(10, 0, 0));
  }

  @Test
  void theLastSeedRollsOverAsTorchsDoes() {
    assertArrayEquals(new int[] {2, 1, 3, 6, 4, 5, 0}, RowOrder.RANDOM.epoch(7, 4_294_967_295L, 0));
    assertArrayEquals(new int[] {4, 0, 5, 3, 2, 6, 1}, RowOrder.RANDOM.epoch(7, 4_294_967_295L, 1));
  }

  @Test
  void theGeneratorGoesOnPastItsFirst624Draws() {
    int[] order = RowOrder.RANDOM.epoch(1500, 5, 0);
    assertArrayEquals(new int[] {911, 418, 781, 1248, 1442}, Arrays.copyOf(order, 5));
    assertArrayEquals(new int[] {713, 948, 816, 999, 1197}, Arrays.copyOfRange(order, 1495, 1500));
    Arrays.sort(order);
    assertArrayEquals(IntStream.range(0, 1500).toArray(), order);
  }

  @Test
  void sequentialIsAsTheyCome() {
    assertArrayEquals(new int[] {0, 1, 2}, RowOrder.SEQUENTIAL.epoch(3, 42, 5));
  }

  @Test
  void theDataSeedDecidesWhereItIsGiven() {
    TrainingConfig config = TrainingConfig.defaults().withSeed(7).withDataSeed(42L);
    assertArrayEquals(SEED_42, config.epochOrder(38, 0));
  }
}
