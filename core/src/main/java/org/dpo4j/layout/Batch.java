package org.dpo4j.layout;

import java.util.List;
import java.util.Map;

/**
 * What an engine is fed: a layout, the values of the model's columns, and where its rows stand.
 *
 * @param columns by column, {@code [axis, width]} row by row
 * @param places of each example, its place within the optimizer step: what is drawn at random for a
 *     row (dropout) depends on it and not on how the step is split into batches
 */
public record Batch(TokenLayout layout, Map<Column, double[]> columns, List<Integer> places) {
  public Batch {
    columns = Map.copyOf(columns);
    places = List.copyOf(places);
  }

  /** The values of a column that the model declared. */
  public double[] values(Column column) {
    double[] values = columns.get(column);
    if (values == null) {
      throw new IllegalArgumentException("the batch has no values for " + column);
    }
    return values;
  }
}
