package org.dpo4j.layout;

/**
 * An arrow between axes, fed with each batch: int32 {@code [from]} with values in [0, length of
 * {@code to}).
 */
public record Index(String name, Axis from, Axis to) {
  /** The id of each token. */
  public static final Index IDS = new Index("ids", Axis.TOKENS, Axis.VOCABULARY);

  /** The position of each token in its sequence; a completion's go on from its prompt's. */
  public static final Index POSITION = new Index("position", Axis.TOKENS, Axis.POSITIONS);

  /** The token that predicts. */
  public static final Index PREDICTED_FROM =
      new Index("predictedFrom", Axis.PREDICTIONS, Axis.TOKENS);

  /** The id that is predicted. */
  public static final Index TARGETS = new Index("targets", Axis.PREDICTIONS, Axis.VOCABULARY);
}
