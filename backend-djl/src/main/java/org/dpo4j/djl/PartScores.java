package org.dpo4j.djl;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.BatchParts.Part;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;

/**
 * The scores of a batch, put together from those of its parts. Parts write to places of their own.
 */
final class PartScores {
  private final List<Part> parts;
  private final TokenScores whole;

  PartScores(Batch batch, List<Part> parts, Set<HeadStatistic> wanted) {
    this.parts = parts;
    int predictions = batch.layout().length(Axis.PREDICTIONS);
    Map<HeadStatistic, double[]> statistics = new EnumMap<>(HeadStatistic.class);
    for (HeadStatistic s : wanted) statistics.put(s, new double[predictions]);
    whole = new TokenScores(new double[predictions], statistics);
  }

  void put(int part, TokenScores scores) {
    Part p = parts.get(part);
    p.into(whole.logProbs(), scores.logProbs());
    whole
        .statistics()
        .forEach((s, all) -> p.into(all, Objects.requireNonNull(scores.statistics().get(s))));
  }

  TokenScores whole() {
    return whole;
  }
}
