package org.dpo4j.training;

import java.util.stream.IntStream;
import org.dpo4j.service.InputException;

/** In which order an epoch goes through the rows; TRL's {@code train_sampling_strategy}. */
public enum RowOrder {
  /** As they come. */
  SEQUENTIAL("sequential") {
    @Override
    public int[] epoch(int rows, long seed, int epoch) {
      return IntStream.range(0, rows).toArray();
    }
  },
  /**
   * Each epoch another permutation: {@code torch.randperm} of a generator seeded with {@code seed +
   * epoch}, as transformers' sampler draws it.
   */
  RANDOM("random") {
    @Override
    public int[] epoch(int rows, long seed, int epoch) {
      MersenneTwister random = new MersenneTwister(seed + epoch);
      int[] order = IntStream.range(0, rows).toArray();
      for (int i = 0; i < rows - 1; i++) {
        int j = i + (int) (random.draw32() % (rows - i));
        int swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
      }
      return order;
    }
  };

  private final String optionName;

  RowOrder(String optionName) {
    this.optionName = optionName;
  }

  /**
   * The rows of an epoch in their order, {@code [rows]}.
   *
   * @param epoch from 0
   */
  public abstract int[] epoch(int rows, long seed, int epoch);

  /** The option's value. */
  public String optionName() {
    return optionName;
  }

  /**
   * The order of that name.
   *
   * @throws InputException where there is none
   */
  public static RowOrder of(String optionName) {
    for (RowOrder o : values()) if (o.optionName.equals(optionName)) return o;
    throw new InputException(
        "train_sampling_strategy is \"%s\", expected random or sequential".formatted(optionName));
  }
}
