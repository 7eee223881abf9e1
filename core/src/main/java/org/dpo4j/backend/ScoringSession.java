package org.dpo4j.backend;

import java.util.Set;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;

/**
 * A model on an engine. Confined to the thread that uses it, one call at a time; several sessions
 * live side by side in one JVM. Closing frees its native memory; no native handle leaves it.
 */
public interface ScoringSession extends AutoCloseable {
  /**
   * The log-prob of every prediction of the batch, without dropout.
   *
   * @param wanted further statistics of the head
   */
  TokenScores score(Batch batch, Set<HeadStatistic> wanted);

  /**
   * How many tokens a batch should have where there is a choice: with more this session is no
   * faster, and they may be in memory at once.
   */
  default int batchTokens() {
    return 2048;
  }

  @Override
  void close();
}
