package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dpo4j.autodiff.Var;
import org.dpo4j.testkit.LossContract;
import org.junit.jupiter.api.Test;

class HingeLossTest extends LossContract {
  @Override
  protected PreferenceLossFactory factory() {
    return new HingeLoss.Factory();
  }

  @Test
  void isWhatAMarginOfOneLacks() {
    HingeLoss hinge = new HingeLoss(0.1);
    assertEquals(1, hinge.of(Var.of(0)).value());
    assertEquals(3.5, hinge.of(Var.of(-2.5)).value());
    assertEquals(0.25, hinge.of(Var.of(0.75)).value());
    assertEquals(0, hinge.of(Var.of(1.5)).value());
  }

  @Test
  void pullsUntilTheMarginIsOne() {
    assertEquals(-1, slope(0.999));
    assertEquals(0, slope(1));
    assertEquals(0, slope(1e4));
  }

  private static double slope(double at) {
    Var x = Var.of(at);
    new HingeLoss(0.1).of(x).backward();
    return x.gradient();
  }
}
