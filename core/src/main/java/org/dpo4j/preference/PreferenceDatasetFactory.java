package org.dpo4j.preference;

import java.nio.file.Path;
import org.dpo4j.service.NamedService;

/** Reads preference data of one format. */
public interface PreferenceDatasetFactory extends NamedService {
  /** The format in a few words, for people: {@code JSON Lines or a JSON array}. */
  String summary();

  /**
   * Whether the file looks like this format, by its name or by its first bytes.
   *
   * @param file a regular file that exists
   */
  boolean canOpen(Path file);

  /**
   * Opens a file. Records that cannot be read are rows of the data set, as {@link BadRecord}s: what
   * becomes of them is the business of {@link PreferenceDataset#open(Path, OnBadRecord)}.
   *
   * @param file a regular file that exists
   * @throws org.dpo4j.service.InputException where the file as a whole cannot be read
   */
  PreferenceDataset open(Path file);
}
