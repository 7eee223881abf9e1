package org.dpo4j.model;

import java.nio.file.Path;
import java.util.Optional;
import org.dpo4j.tensor.Parameter;

/** Weights that lie in files, for engines that read files themselves. */
public interface StoredWeights extends WeightSource {
  /** How a number is stored; all are little-endian. */
  enum Encoding {
    FLOAT32,
    FLOAT16,
    BFLOAT16
  }

  /**
   * A tensor in a file, row by row.
   *
   * @param file the real file, links resolved
   * @param offset of the first byte
   * @param bytes of all of it
   */
  record Location(Path file, long offset, long bytes, Encoding encoding) {}

  /**
   * Where a tensor lies; empty where its numbers are in no file as they are.
   *
   * @throws org.dpo4j.service.InputException as {@link #read}
   */
  Optional<Location> locate(Parameter parameter);
}
