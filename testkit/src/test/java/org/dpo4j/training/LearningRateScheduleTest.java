package org.dpo4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.dpo4j.service.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The numbers are those of transformers 5.23: {@code get_scheduler(name, optimizer, warmup,
 * steps)}, {@code get_last_lr()} before each step, at a learning rate of 1.
 */
class LearningRateScheduleTest {
  @ParameterizedTest
  @CsvSource({
    "linear, 0, '1, 0.75, 0.5, 0.25'",
    "linear, 3, '0, 0.3333333333333333, 0.6666666666666666, 1, 0.8571428571428571,"
        + " 0.7142857142857143, 0.5714285714285714, 0.42857142857142855, 0.2857142857142857,"
        + " 0.14285714285714285'",
    "linear, 7, '0, 0.14285714285714285, 0.2857142857142857, 0.42857142857142855,"
        + " 0.5714285714285714'",
    "cosine, 0, '1, 0.8535533905932737, 0.5, 0.14644660940672627'",
    "cosine, 3, '0, 0.3333333333333333, 0.6666666666666666, 1, 0.9504844339512095,"
        + " 0.8117449009293668, 0.6112604669781572, 0.38873953302184283, 0.18825509907063326,"
        + " 0.04951556604879048'",
    "cosine, 5, '0, 0.2, 0.4, 0.6, 0.8'",
    "constant, 0, '1, 1, 1, 1'",
    "constant_with_warmup, 3, '0, 0.3333333333333333, 0.6666666666666666, 1, 1, 1'",
  })
  void movesAsTransformersDoes(String name, long warmup, String factors) {
    double[] expected =
        Arrays.stream(factors.split(",")).mapToDouble(Double::parseDouble).toArray();
    LearningRateSchedule schedule = LearningRateSchedule.of(name);
    for (int step = 0; step < expected.length; step++) {
      assertEquals(
          expected[step], schedule.factor(step, warmup, expected.length), 1e-15, "step " + step);
    }
  }

  @Test
  void anUnknownNameIsToldWithASuggestion() {
    InputException e = assertThrows(InputException.class, () -> LearningRateSchedule.of("cosinus"));
    assertTrue(
        e.getMessage().contains("lr_scheduler_type") && e.getMessage().contains("cosine?"),
        e.getMessage());
  }
}
