package org.dpo4j.preference;

import java.io.IOException;
import java.nio.file.Path;
import org.dpo4j.testkit.PreferenceDatasetContract;

class JsonDatasetTest extends PreferenceDatasetContract {
  private static final String PAIR = "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n";

  @Override
  protected PreferenceDatasetFactory factory() {
    return new JsonDatasetFactory();
  }

  @Override
  protected Path good() throws IOException {
    return Written.file(directory, "good.jsonl", PAIR.repeat(3));
  }

  @Override
  protected Path secondIsBad() throws IOException {
    return Written.file(directory, "bad.jsonl", PAIR + "{}\n" + PAIR);
  }
}
