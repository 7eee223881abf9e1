package org.dpo4j.tensor;

/**
 * A weight by name and shape, as the checkpoint stores it; never a tensor. Only a trace turns it
 * into one, so that an engine may hold it as it likes.
 *
 * @param name the checkpoint's name of the tensor
 * @param rows of a vector 1
 * @param columns of a vector its length
 * @param vector whether the checkpoint stores {@code [columns]} rather than {@code [rows, columns]}
 */
public record Parameter(String name, int rows, int columns, boolean vector) {
  public Parameter {
    if (rows < 1 || columns < 1 || (vector && rows != 1)) {
      throw new IllegalArgumentException(name + " has shape [" + rows + ", " + columns + "]");
    }
  }

  public static Parameter matrix(String name, int rows, int columns) {
    return new Parameter(name, rows, columns, false);
  }

  public static Parameter vector(String name, int length) {
    return new Parameter(name, 1, length, true);
  }

  /** The number of numbers. */
  public long size() {
    return (long) rows * columns;
  }

  /** As checkpoints write it: {@code [576]} or {@code [576, 1536]}. */
  public String shape() {
    return vector ? "[" + columns + "]" : "[" + rows + ", " + columns + "]";
  }
}
