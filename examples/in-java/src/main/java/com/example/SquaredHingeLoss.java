package com.example;

import org.dpo4j.autodiff.Var;
import org.dpo4j.loss.LossFactory;
import org.dpo4j.loss.LossOption;
import org.dpo4j.loss.MarginLoss;

/** A loss of one's own: {@code max(0, 1 - beta h)^2} of the reward margin {@code beta h}. */
public record SquaredHingeLoss(double beta) implements MarginLoss {
  /** Where hinge pulls equally hard, the square pulls harder the further away. */
  @Override
  public Var of(Var rewardMargin) {
    return rewardMargin.negate().plus(1).max(0).square();
  }

  /** {@code --loss_type squared_hinge}. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super(
          "squared_hinge",
          "max(0, 1 - beta h)^2",
          o -> new SquaredHingeLoss(o.get(LossOption.BETA)),
          LossOption.BETA);
    }
  }
}
