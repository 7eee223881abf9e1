package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dpo4j.autodiff.Var;
import org.dpo4j.testkit.LossContract;
import org.junit.jupiter.api.Test;

class CdpoLossTest extends LossContract {
  @Override
  protected PreferenceLossFactory factory() {
    return new CdpoLoss.Factory();
  }

  /** At x = log 3: sigmoid 3/4; 0.9 log(4/3) + 0.1 log 4. */
  @Test
  void isTheCrossEntropyOfSmoothedLabels() {
    double expected = 0.9 * Math.log(4.0 / 3) + 0.1 * Math.log(4);
    assertEquals(expected, new CdpoLoss(1, 0.1).of(Var.of(Math.log(3))).value(), 1e-15);
  }

  /** The slope, sigmoid(x) - (1 - e), is 0 where the policy is as sure as the labels. */
  @Test
  void isLowestWhereThePolicyIsAsSureAsTheLabels() {
    Var x = Var.of(Math.log(0.8 / 0.2));
    new CdpoLoss(1, 0.2).of(x).backward();
    assertEquals(0, x.gradient(), 1e-15);
  }

  @Test
  void isSigmoidWithoutSmoothing() {
    Var x = Var.of(-0.7);
    assertEquals(new SigmoidLoss(1).of(x).value(), new CdpoLoss(1, 0).of(x).value());
  }

  @Test
  void refusesHalfOfTheLabelsWrong() {
    assertEquals(
        "label_smoothing is 0.5, expected a number that is at least 0 and below 0.5",
        assertThrows(IllegalArgumentException.class, () -> new CdpoLoss(0.1, 0.5)).getMessage());
  }
}
