package org.dpo4j.layout;

/** A symbolic row axis. Its length is data of the batch: a model never sees it as a Java number. */
public record Axis(String name) {
  /** A single row; goes with every other axis. */
  public static final Axis ONE = new Axis("one");

  /** The flat input: every token that is laid down, an equal prompt once. */
  public static final Axis TOKENS = new Axis("tokens");

  /** The completion tokens that are scored. */
  public static final Axis PREDICTIONS = new Axis("predictions");

  /** The rows of the embedding table. */
  public static final Axis VOCABULARY = new Axis("vocabulary");

  /** Positions in a sequence, from 0. */
  public static final Axis POSITIONS = new Axis("positions");

  @Override
  public String toString() {
    return name;
  }
}
