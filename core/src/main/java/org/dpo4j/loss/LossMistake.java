package org.dpo4j.loss;

/** A loss does what it must not. The message goes on after {@code the loss NAME}. */
final class LossMistake extends IllegalStateException {
  private static final long serialVersionUID = 1;

  LossMistake(String what) {
    super(what);
  }
}
