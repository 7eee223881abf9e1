package org.dpo4j.model;

import java.nio.FloatBuffer;
import org.dpo4j.tensor.Parameter;

/**
 * Weights by name, streamed: one named tensor at a time, in blocks of whole rows, so that no tensor
 * has to fit a Java array.
 */
public interface WeightSource {
  /**
   * Reads one tensor from its first row to its last, widened to float32.
   *
   * @throws org.dpo4j.service.InputException where it is missing, of another shape or damaged;
   *     names tensor and file
   */
  void read(Parameter parameter, RowBlocks blocks);

  /** Takes the rows of a tensor as they come. */
  @FunctionalInterface
  interface RowBlocks {
    /**
     * Takes some rows.
     *
     * @param firstRow the first of these rows
     * @param values whole rows, row by row, from position to limit; valid during the call only
     */
    void accept(int firstRow, FloatBuffer values);
  }
}
