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
}
