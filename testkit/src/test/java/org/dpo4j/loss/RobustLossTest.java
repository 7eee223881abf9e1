package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dpo4j.autodiff.Var;
import org.dpo4j.testkit.LossContract;
import org.junit.jupiter.api.Test;

class RobustLossTest extends LossContract {
  @Override
  protected PreferenceLossFactory factory() {
    return new RobustLoss.Factory();
  }

  /** At x = log 3: (0.9 log(4/3) - 0.1 log 4) / 0.8. */
  @Test
  void weighsTheFlippedLabelAgainstTheLabel() {
    double expected = (0.9 * Math.log(4.0 / 3) - 0.1 * Math.log(4)) / 0.8;
    assertEquals(expected, new RobustLoss(1, 0.1).of(Var.of(Math.log(3))).value(), 1e-15);
  }

  /** Labels right with 1 - e and flipped with e: (1-e) loss(x) + e loss(-x) is the clean loss. */
  @Test
  void meanOverFlipsIsTheCleanLoss() {
    for (double e : new double[] {0, 0.1, 0.3, 0.49}) {
      RobustLoss robust = new RobustLoss(1, e);
      for (double x : new double[] {-30, -1.3, 0, 0.4, 1000}) {
        double mean = (1 - e) * robust.of(Var.of(x)).value() + e * robust.of(Var.of(-x)).value();
        double clean = new SigmoidLoss(1).of(Var.of(x)).value();
        assertEquals(clean, mean, 1e-11 * Math.max(1, Math.abs(x)), "e " + e + ", x " + x);
      }
    }
  }

  @Test
  void refusesHalfOfTheLabelsFlipped() {
    assertThrows(IllegalArgumentException.class, () -> new RobustLoss(0.1, 0.5));
    assertThrows(IllegalArgumentException.class, () -> new RobustLoss(0.1, -0.1));
  }
}
