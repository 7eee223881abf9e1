package org.dpo4j.preference;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dpo4j.service.InputException;
import org.dpo4j.service.NamedServices;

/** Preferences in a fixed order, streamed as often as wanted and never held in memory whole. */
public interface PreferenceDataset {
  /** What people call it: the path of its file, say. */
  String name();

  /**
   * The rows in order; {@link PreferenceRow#row} counts them from 0. Every call reads anew. To be
   * closed by the caller.
   *
   * @throws InputException also while the stream is read: where the data as a whole are damaged,
   *     and under {@link OnBadRecord#FAIL} where a record is
   */
  Stream<PreferenceRow> rows();

  /**
   * A hash of what the rows say, not of how the file says it: a byte-order mark, line ends,
   * compression, an array or lines make no difference. Reads all rows.
   */
  default String fingerprint() {
    return DatasetFingerprint.of(this);
  }

  /** Opens a file whose records must all be good. */
  static PreferenceDataset open(Path file) {
    return open(file, OnBadRecord.FAIL);
  }

  /**
   * Opens a file of any format that a {@link PreferenceDatasetFactory} on the class path reads.
   *
   * @throws InputException where the file is missing, empty, or of no known format
   */
  static PreferenceDataset open(Path file, OnBadRecord onBadRecord) {
    PreferenceFile.check(file);
    List<PreferenceDatasetFactory> factories = formats().all();
    for (PreferenceDatasetFactory factory : factories) {
      if (factory.canOpen(file)) {
        PreferenceDataset dataset =
            NamedServices.whole(factory, PreferenceDataset.class, factory.open(file));
        return onBadRecord == OnBadRecord.SKIP ? dataset : new FailingDataset(dataset);
      }
    }
    throw new InputException(
        "%s is %s, expected %s"
            .formatted(
                file,
                Objects.requireNonNullElse(PreferenceFile.kind(file), "of no known format"),
                factories.stream()
                    .map(PreferenceDatasetFactory::summary)
                    .collect(Collectors.joining(", or "))));
  }

  /** The formats that can be opened here. */
  static NamedServices<PreferenceDatasetFactory> formats() {
    return NamedServices.of(PreferenceDatasetFactory.class, "data set format", Map.of());
  }

  /**
   * Examples made in Java.
   *
   * @param examples in the order of their rows
   */
  static PreferenceDataset of(List<PreferenceExample> examples) {
    return new ListedDataset(List.copyOf(examples));
  }
}
