package org.dpo4j.cli.engines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.dpo4j.layout.Batch;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.tokenization.ExampleTokenizer;
import org.dpo4j.tokenization.TokenizedExample;

/** The story model of {@code examples/story}, 711,296 parameters, and its pairs. */
final class Story {
  private static final Path DIRECTORY = root().resolve("examples").resolve("story");

  private Story() {}

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (directory != null && !Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
    }
    if (directory == null) throw new IllegalStateException("not inside a checkout of dpo4j");
    return directory;
  }

  static PretrainedModel model() {
    return PretrainedModel.open(DIRECTORY.resolve("model"));
  }

  /** The first so many pairs. */
  static PreferenceDataset pairs(int count) {
    PreferenceDataset all = PreferenceDataset.open(DIRECTORY.resolve("data/pairs.jsonl.gz"));
    try (Stream<PreferenceRow> rows = all.rows()) {
      return PreferenceDataset.of(rows.limit(count).map(PreferenceExample.class::cast).toList());
    }
  }

  /** So many batches of so many pairs each. */
  static List<Batch> batches(PretrainedModel model, int count, int size) {
    try (ExampleTokenizer tokenizer =
            ExampleTokenizer.open(model.directory(), null, OptionalInt.empty());
        Stream<PreferenceRow> rows = pairs(count * size).rows()) {
      List<TokenizedExample> examples =
          rows.map(row -> (TokenizedExample) tokenizer.tokenize((PreferenceExample) row)).toList();
      List<Batch> batches = new ArrayList<>();
      for (int i = 0; i < examples.size(); i += size) {
        batches.add(model.transformer().batch(examples.subList(i, i + size)));
      }
      return batches;
    }
  }
}
