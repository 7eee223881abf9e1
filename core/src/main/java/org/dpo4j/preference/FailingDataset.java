package org.dpo4j.preference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.service.InputException;

/**
 * Ends the reading of a data set at its first bad record. It reads on to the end before it says so,
 * so that one run shows people all that is to be mended.
 */
record FailingDataset(PreferenceDataset dataset) implements PreferenceDataset {
  private static final int LISTED = 20;

  @Override
  public String name() {
    return dataset.name();
  }

  @Override
  public Stream<PreferenceRow> rows() {
    Stream<PreferenceRow> rows = dataset.rows();
    Iterator<PreferenceRow> iterator = rows.iterator();
    return Rows.stream(
            () -> {
              if (!iterator.hasNext()) return null;
              PreferenceRow row = iterator.next();
              if (row instanceof BadRecord bad) throw failure(bad, iterator);
              return row;
            })
        .onClose(rows::close);
  }

  private InputException failure(BadRecord first, Iterator<PreferenceRow> rest) {
    List<BadRecord> listed = new ArrayList<>(List.of(first));
    long count = 1;
    long rows = first.row() + 1;
    while (rest.hasNext()) {
      PreferenceRow row = rest.next();
      rows++;
      if (row instanceof BadRecord bad) {
        count++;
        if (listed.size() < LISTED) listed.add(bad);
      }
    }
    StringBuilder message =
        new StringBuilder(
            "%s: %d of %d records cannot be read:".formatted(dataset.name(), count, rows));
    listed.forEach(bad -> message.append("\n  ").append(bad));
    if (count > listed.size()) message.append("\n  and %d more".formatted(count - listed.size()));
    return new InputException(
        message
            .append("\nMend them, or go on without them: --on_bad_record skip (OnBadRecord.SKIP).")
            .toString());
  }
}
