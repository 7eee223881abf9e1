package org.dpo4j.preference;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.dpo4j.service.InputException;

/** JSON Lines (one object a line) and JSON arrays (of objects), plain or gzip. */
public final class JsonDatasetFactory implements PreferenceDatasetFactory {
  private static final Pattern NAME = Pattern.compile(".*\\.(json|jsonl|ndjson)(\\.gz)?");

  @Override
  public String name() {
    return "json";
  }

  @Override
  public String summary() {
    return "JSON Lines or a JSON array in UTF-8, plain or gzip";
  }

  @Override
  public boolean canOpen(Path file) {
    int first = PreferenceFile.first(file);
    return first == '{'
        || first == '['
        || NAME.matcher(file.toString().toLowerCase(Locale.ROOT)).matches();
  }

  @Override
  public PreferenceDataset open(Path file) {
    String kind = PreferenceFile.kind(file);
    if (kind != null) {
      throw new InputException("%s is %s, expected %s".formatted(file, kind, summary()));
    }
    return new JsonDataset(file);
  }
}
