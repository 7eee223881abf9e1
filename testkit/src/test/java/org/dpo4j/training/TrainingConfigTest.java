package org.dpo4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.stream.Stream;
import org.dpo4j.testkit.Shared;
import org.dpo4j.tokenization.Truncation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingConfigTest {
  private static final TrainingConfig DEFAULTS = TrainingConfig.defaults();

  @Test
  void defaultsAreTrls() throws IOException {
    JsonNode trl =
        new ObjectMapper()
            .readTree(Shared.path("golden/trl-options.json").toFile())
            .get("DPOConfig");
    assertEquals(number(trl, "per_device_train_batch_size"), DEFAULTS.batchSize());
    assertEquals(number(trl, "gradient_accumulation_steps"), DEFAULTS.accumulationSteps());
    assertEquals(number(trl, "num_train_epochs"), DEFAULTS.epochs());
    assertEquals(number(trl, "learning_rate"), DEFAULTS.learningRate());
    assertEquals(number(trl, "warmup_steps"), DEFAULTS.warmupSteps());
    assertEquals(number(trl, "adam_beta1"), DEFAULTS.optimizer().beta1());
    assertEquals(number(trl, "adam_beta2"), DEFAULTS.optimizer().beta2());
    assertEquals(number(trl, "adam_epsilon"), DEFAULTS.optimizer().epsilon());
    assertEquals(number(trl, "weight_decay"), DEFAULTS.optimizer().weightDecay());
    assertEquals(number(trl, "max_grad_norm"), DEFAULTS.optimizer().maxGradNorm());
    assertEquals((long) number(trl, "seed"), DEFAULTS.seed());
    assertEquals(text(trl, "lr_scheduler_type"), DEFAULTS.schedule().optionName());
    assertEquals(text(trl, "train_sampling_strategy"), DEFAULTS.order().optionName());
    assertEquals("keep_start", text(trl, "truncation_mode"));
    assertEquals(
        new Truncation(Truncation.Mode.KEEP_START, (int) number(trl, "max_length")),
        DEFAULTS.truncation());
  }

  private static double number(JsonNode options, String name) {
    return options.get(name).get("default").doubleValue();
  }

  private static String text(JsonNode options, String name) {
    return options.get(name).get("default").textValue();
  }

  // 38 rows in batches of 4: 10 batches; by 4: 3 steps an epoch, the last of 2 batches
  @ParameterizedTest
  @CsvSource({
    "38, 4, 4, 1, 3",
    "38, 4, 4, 2, 6",
    "38, 4, 4, 0.5, 2",
    "38, 4, 4, 1.4, 5",
    "40, 4, 2, 1, 5",
    "1, 8, 4, 3, 3"
  })
  void countsStepsAsTransformersDoes(int rows, int batch, int accumulate, double epochs, long n) {
    TrainingConfig config =
        DEFAULTS.withBatchSize(batch).withAccumulationSteps(accumulate).withEpochs(epochs);
    assertEquals(n, config.steps(rows));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.3, 2", "0.5, 3", "1, 1", "2.9, 2", "6, 6"})
  void warmupBelowOneIsAFractionRoundedUp(double warmup, long steps) {
    assertEquals(steps, DEFAULTS.withWarmupSteps(warmup).warmupSteps(6));
  }

  @Test
  void theFirstStepOfAWarmupHasNoLearningRate() {
    TrainingConfig config = DEFAULTS.withLearningRate(3e-4).withWarmupSteps(0.3);
    assertEquals(0, config.learningRate(0, 6));
    assertEquals(1.5e-4, config.learningRate(1, 6), 1e-18);
    assertEquals(3e-4, config.learningRate(2, 6), 1e-18);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        wrong("per_device_train_batch_size", () -> DEFAULTS.withBatchSize(0)),
        wrong("gradient_accumulation_steps", () -> DEFAULTS.withAccumulationSteps(0)),
        wrong("micro_batch_size", () -> DEFAULTS.withMicroBatchSize(0)),
        wrong("micro_batch_size", () -> DEFAULTS.withMicroBatchSize(9)),
        wrong("num_train_epochs", () -> DEFAULTS.withEpochs(0)),
        wrong("num_train_epochs", () -> DEFAULTS.withEpochs(Double.NaN)),
        wrong("learning_rate", () -> DEFAULTS.withLearningRate(-1)),
        wrong("learning_rate", () -> DEFAULTS.withLearningRate(Double.POSITIVE_INFINITY)),
        wrong("warmup_steps", () -> DEFAULTS.withWarmupSteps(-0.1)),
        wrong("seed", () -> DEFAULTS.withSeed(-1)),
        wrong("seed", () -> DEFAULTS.withSeed(1L << 32)),
        wrong("data_seed", () -> DEFAULTS.withDataSeed(-1L)),
        wrong("data_seed", () -> DEFAULTS.withDataSeed(1L).withOrder(RowOrder.SEQUENTIAL)),
        wrong(
            "warmup_steps",
            () -> DEFAULTS.withWarmupSteps(3).withSchedule(LearningRateSchedule.CONSTANT)));
  }

  private static Arguments wrong(String option, Executable config) {
    return Arguments.of(option, config);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void whatIsOutOfRangeIsNamedAsTrlNamesIt(String option, Executable config) {
    String message = assertThrows(IllegalArgumentException.class, config).getMessage();
    assertTrue(message.startsWith(option + " is "), message);
  }
}
