package org.dpo4j.preference;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.dpo4j.service.InputException;
import org.jspecify.annotations.Nullable;

/** The records of a file of JSON Lines, or of one JSON array. */
record JsonDataset(Path file) implements PreferenceDataset {
  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public Stream<PreferenceRow> rows() {
    Reading reading = new Reading(file);
    return Rows.stream(reading).onClose(reading::close);
  }

  /** One pass over the file. */
  private static final class Reading implements Rows.Source {
    private final Path file;
    private final InputStream in;
    private final JsonRecords records;
    private long row;

    Reading(Path file) {
      this.file = file;
      try {
        boolean array = PreferenceFile.first(file) == '[';
        in = PreferenceFile.open(file);
        records = array ? new JsonArrayRecords(in) : new JsonLineRecords(in);
      } catch (IOException e) {
        throw PreferenceFile.unreadable(file, e);
      }
    }

    @Override
    public @Nullable PreferenceRow next() {
      try {
        JsonRecords.Raw raw = records.next();
        if (raw != null) return read(raw, row++);
      } catch (IOException e) {
        throw new InputException(
            "%s is damaged after row %d: %s".formatted(file, row - 1, e.getMessage()), e);
      }
      if (row == 0) throw new InputException(file + " holds no rows");
      return null;
    }

    private PreferenceRow read(JsonRecords.Raw raw, long row) {
      try {
        return JsonExample.read(raw, row);
      } catch (RecordProblem problem) {
        String place = file + ":" + problem.line;
        String field = problem.field == null ? "" : ", field \"" + problem.field + "\"";
        return new BadRecord(row, place + field, String.valueOf(problem.getMessage()));
      }
    }

    void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
