package org.dpo4j.model;

import java.nio.file.Path;
import org.dpo4j.model.safetensors.FloatType;
import org.dpo4j.tensor.Parameter;

/** Weights that lie in files, for engines that read files themselves. */
public interface StoredWeights extends WeightSource {
  /**
   * A tensor in a file, row by row.
   *
   * @param file the real file, links resolved
   * @param offset of the first byte
   * @param bytes of all of it
   * @param type of its numbers, little-endian
   */
  record Location(Path file, long offset, long bytes, FloatType type) {}

  /** Where a tensor lies. */
  Location locate(Parameter parameter);

  /**
   * Checks that all files are still those that were opened. An engine that maps them asks before it
   * looks at the mapping, for a file that was cut short ends the JVM there, and again before it
   * believes what it has seen.
   *
   * @throws org.dpo4j.service.InputException where one was written to, replaced or removed: names
   *     it
   */
  void checkUnchanged();
}
