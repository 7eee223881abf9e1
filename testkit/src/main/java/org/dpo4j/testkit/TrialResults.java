package org.dpo4j.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an engine passed of {@link TensorOpsTrials}: {@code target/tensor-ops/ENGINE.tsv}, a line
 * for each trial with the largest relative error of its numbers and of its gradients, of which
 * {@code docs/engines.py} makes the page.
 */
final class TrialResults {
  private final Path file;
  private final List<String> lines = new ArrayList<>();

  TrialResults(String engine) {
    this.file = Path.of("target", "tensor-ops", engine + ".tsv");
  }

  /** Writes all that passed so far. */
  void passed(String trial, double ofNumbers, @Nullable Double ofGradients) {
    String gradients = ofGradients == null ? "-" : told(ofGradients);
    lines.add(trial + "\t" + told(ofNumbers) + "\t" + gradients);
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String told(double error) {
    return String.format(Locale.ROOT, "%.1e", error);
  }
}
