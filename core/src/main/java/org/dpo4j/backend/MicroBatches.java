package org.dpo4j.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.tokenization.TokenizedExample;

/** Cuts a per-device batch into what goes through an engine at once. The numbers stay the same. */
@FunctionalInterface
public interface MicroBatches {
  /** The places of each part's rows in the batch; each place once. */
  List<List<Integer>> of(List<TokenizedExample> batch);

  /** So many rows at a time, in their order. */
  static MicroBatches ofSize(int rows) {
    return batch ->
        new ArrayList<>(
            BatchPlanner.bySize(IntStream.range(0, batch.size()).boxed().toList(), rows));
  }
}
