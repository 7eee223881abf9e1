package org.dpo4j.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.function.BiFunction;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.tokenization.Truncation;
import org.dpo4j.training.LearningRateSchedule;
import org.dpo4j.training.RowOrder;
import org.dpo4j.training.TrainingConfig;

/** TRL's options of a recorded run as a {@link TrainingConfig}. */
final class RecordedOptions {
  /**
   * What the recordings set where a run's options don't: all else is a default of TRL. One thread,
   * as they were made with, and because two that share a processor with other tests wait.
   */
  private static final TrainingConfig BASE =
      TrainingConfig.defaults()
          .withOrder(RowOrder.SEQUENTIAL)
          .withEpochs(1)
          .withSeed(0)
          .withSession(SessionOptions.defaults().withThreads(1));

  private static final Map<String, BiFunction<TrainingConfig, JsonNode, TrainingConfig>> OPTIONS =
      Map.ofEntries(
          Map.entry("per_device_train_batch_size", (c, v) -> c.withBatchSize(v.intValue())),
          Map.entry("gradient_accumulation_steps", (c, v) -> c.withAccumulationSteps(v.intValue())),
          Map.entry("num_train_epochs", (c, v) -> c.withEpochs(v.doubleValue())),
          Map.entry("learning_rate", (c, v) -> c.withLearningRate(v.doubleValue())),
          Map.entry(
              "lr_scheduler_type",
              (c, v) -> c.withSchedule(LearningRateSchedule.of(v.textValue()))),
          Map.entry("warmup_steps", (c, v) -> c.withWarmupSteps(v.doubleValue())),
          Map.entry("train_sampling_strategy", (c, v) -> c.withOrder(RowOrder.of(v.textValue()))),
          Map.entry("seed", (c, v) -> c.withSeed(v.longValue())));

  private RecordedOptions() {}

  static TrainingConfig config(JsonNode options) {
    TrainingConfig config = BASE.withOptimizer(optimizer(options)).withTruncation(cut(options));
    for (Map.Entry<String, JsonNode> option : options.properties()) {
      BiFunction<TrainingConfig, JsonNode, TrainingConfig> set = OPTIONS.get(option.getKey());
      if (set != null) config = set.apply(config, option.getValue());
    }
    return config;
  }

  private static OptimizerOptions optimizer(JsonNode options) {
    OptimizerOptions d = OptimizerOptions.defaults();
    return new OptimizerOptions(
        options.path("adam_beta1").asDouble(d.beta1()),
        options.path("adam_beta2").asDouble(d.beta2()),
        options.path("adam_epsilon").asDouble(d.epsilon()),
        options.path("weight_decay").asDouble(d.weightDecay()),
        options.path("max_grad_norm").asDouble(d.maxGradNorm()));
  }

  private static Truncation cut(JsonNode options) {
    boolean end = options.path("truncation_mode").asText().equals("keep_end");
    return new Truncation(
        end ? Truncation.Mode.KEEP_END : Truncation.Mode.KEEP_START,
        options.path("max_length").asInt(1024));
  }
}
