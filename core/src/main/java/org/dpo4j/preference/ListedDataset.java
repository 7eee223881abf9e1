package org.dpo4j.preference;

import java.util.List;
import java.util.stream.Stream;

/** Examples in memory. */
record ListedDataset(List<PreferenceExample> examples) implements PreferenceDataset {
  ListedDataset {
    for (int i = 1; i < examples.size(); i++) {
      long before = examples.get(i - 1).row();
      long row = examples.get(i).row();
      if (row <= before) {
        throw new IllegalArgumentException(
            "examples: row %d comes after row %d, expected ascending rows".formatted(row, before));
      }
    }
  }

  @Override
  public String name() {
    return examples.size() + " examples in memory";
  }

  @Override
  public Stream<PreferenceRow> rows() {
    return examples.stream().map(example -> example);
  }
}
