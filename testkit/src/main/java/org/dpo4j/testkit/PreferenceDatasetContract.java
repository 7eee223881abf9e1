package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.preference.BadRecord;
import org.dpo4j.preference.OnBadRecord;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceDatasetFactory;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.service.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link PreferenceDatasetFactory} and its data sets do. */
public abstract class PreferenceDatasetContract {
  /** Where a test may write. */
  @TempDir protected Path directory;

  /** The factory, as {@link java.util.ServiceLoader} makes it. */
  protected abstract PreferenceDatasetFactory factory();

  /** Writes a file of at least three good records. */
  protected abstract Path good() throws IOException;

  /** Writes a file whose second record of three cannot be read. */
  protected abstract Path secondIsBad() throws IOException;

  @Test
  void opensItsOwnFilesOnly() throws IOException {
    assertTrue(factory().canOpen(good()));
    Path other = Files.write(directory.resolve("other.bin"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertFalse(factory().canOpen(other));
    assertEquals(rows(factory().open(good())), rows(PreferenceDataset.open(good())));
  }

  @Test
  void rowsAreCountedFromZeroAndReadAgain() throws IOException {
    PreferenceDataset dataset = factory().open(good());
    List<PreferenceRow> rows = rows(dataset);
    assertTrue(rows.size() >= 3);
    for (int i = 0; i < rows.size(); i++) {
      assertEquals(i, rows.get(i).row());
      assertInstanceOf(PreferenceExample.class, rows.get(i));
    }
    assertEquals(rows, rows(dataset));
  }

  @Test
  void readingCanEndEarly() throws IOException {
    Path file = good();
    PreferenceDataset dataset = factory().open(file);
    try (Stream<PreferenceRow> rows = dataset.rows()) {
      assertEquals(0, rows.findFirst().orElseThrow().row());
    }
    Files.delete(file); // which an open file would forbid on Windows
  }

  @Test
  void fingerprintIsThatOfTheRows() throws IOException {
    PreferenceDataset dataset = factory().open(good());
    List<PreferenceExample> examples =
        rows(dataset).stream().map(PreferenceExample.class::cast).toList();
    assertEquals(PreferenceDataset.of(examples).fingerprint(), dataset.fingerprint());
  }

  @Test
  void badRecordIsARowAndCostsOnlyItself() throws IOException {
    Path file = secondIsBad();
    List<PreferenceRow> rows = rows(PreferenceDataset.open(file, OnBadRecord.SKIP));
    assertEquals(3, rows.size());
    assertInstanceOf(PreferenceExample.class, rows.get(0));
    BadRecord bad = assertInstanceOf(BadRecord.class, rows.get(1));
    assertInstanceOf(PreferenceExample.class, rows.get(2));
    assertEquals(1, bad.row());
    assertTrue(bad.place().startsWith(file.toString()), bad::place);
    InputException failure =
        assertThrows(InputException.class, () -> rows(PreferenceDataset.open(file)));
    assertTrue(failure.getMessage().contains(bad.toString()), failure::getMessage);
  }

  private static List<PreferenceRow> rows(PreferenceDataset dataset) {
    try (Stream<PreferenceRow> rows = dataset.rows()) {
      return rows.toList();
    }
  }
}
