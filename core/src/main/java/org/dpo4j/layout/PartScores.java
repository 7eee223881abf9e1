package org.dpo4j.layout;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.dpo4j.layout.BatchParts.Part;

/**
 * The scores of a batch, put together from those of its parts. Parts write to places of their own.
 */
public final class PartScores {
  private final List<Part> parts;
  private final TokenScores whole;

  /** Of a batch that was cut into parts; nothing is known yet. */
  public PartScores(Batch batch, List<Part> parts, Set<HeadStatistic> wanted) {
    this.parts = parts;
    int predictions = batch.layout().length(Axis.PREDICTIONS);
    Map<HeadStatistic, double[]> statistics = new EnumMap<>(HeadStatistic.class);
    for (HeadStatistic s : wanted) statistics.put(s, new double[predictions]);
    whole = new TokenScores(new double[predictions], statistics);
  }

  /** Says what one part's scores are. */
  public void put(int part, TokenScores scores) {
    Part p = parts.get(part);
    p.into(whole.logProbs(), scores.logProbs());
    whole
        .statistics()
        .forEach((s, all) -> p.into(all, Objects.requireNonNull(scores.statistics().get(s))));
  }

  /** Of the whole batch, once each part was put. */
  public TokenScores whole() {
    return whole;
  }
}
