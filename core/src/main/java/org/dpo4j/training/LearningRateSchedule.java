package org.dpo4j.training;

import java.util.Arrays;
import java.util.Locale;
import org.dpo4j.service.InputException;
import org.dpo4j.service.Spelling;

/** How the learning rate moves over a run, as transformers' {@code lr_scheduler_type} has it. */
public enum LearningRateSchedule {
  /** Rises during warm-up, then falls in a straight line to 0. */
  LINEAR {
    @Override
    double afterWarmup(double progress) {
      return 1 - progress;
    }
  },
  /** Rises during warm-up, then falls along half a wave of a cosine to 0. */
  COSINE {
    @Override
    double afterWarmup(double progress) {
      return 0.5 * (1 + Math.cos(Math.PI * progress));
    }
  },
  /** Stays; has no warm-up. */
  CONSTANT {
    @Override
    double afterWarmup(double progress) {
      return 1;
    }
  },
  /** Rises during warm-up, then stays. */
  CONSTANT_WITH_WARMUP {
    @Override
    double afterWarmup(double progress) {
      return 1;
    }
  };

  /**
   * The share of the configured learning rate that a step uses.
   *
   * @param step from 0: with warm-up the first step has 0
   * @param warmupSteps whole steps of rise
   * @param steps of the whole run
   */
  public double factor(long step, long warmupSteps, long steps) {
    if (step < warmupSteps && this != CONSTANT) return (double) step / warmupSteps;
    double progress = (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps);
    return Math.max(0, afterWarmup(progress));
  }

  /**
   * @param progress from the end of warm-up (0) to the end of the run (1)
   */
  abstract double afterWarmup(double progress);

  /** The option's value: {@code constant_with_warmup}. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The schedule of that name.
   *
   * @throws InputException where there is none
   */
  public static LearningRateSchedule of(String optionName) {
    for (LearningRateSchedule s : values()) if (s.optionName().equals(optionName)) return s;
    var known = Arrays.stream(values()).map(LearningRateSchedule::optionName).toList();
    throw new InputException(
        "lr_scheduler_type is \"%s\", expected one of %s.%s"
            .formatted(
                optionName, String.join(", ", known), Spelling.suggestion(optionName, known)));
  }
}
