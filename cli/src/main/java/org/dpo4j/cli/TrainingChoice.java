package org.dpo4j.cli;

import java.util.function.Function;
import org.dpo4j.backend.MemoryPlan.Recomputation;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.model.WeightFormat;
import org.dpo4j.service.InputException;
import org.dpo4j.training.LearningRateSchedule;
import org.dpo4j.training.RowOrder;
import org.dpo4j.training.TrainingConfig;
import org.jspecify.annotations.Nullable;

/**
 * The training configuration that options ask for. Each option by itself goes into TRL's defaults,
 * so that every one that is out of range is told, in the words of {@link TrainingConfig}.
 */
final class TrainingChoice {
  private final Problems problems;
  private TrainingConfig config = TrainingConfig.defaults();

  private TrainingChoice(Problems problems) {
    this.problems = problems;
  }

  /** The configuration; what is wrong is left at its default and told. */
  static TrainingConfig of(TrainOptions asked, Problems problems) {
    TrainingChoice choice = new TrainingChoice(problems);
    choice.batches(asked.optimization);
    choice.learningRate(asked.optimization);
    choice.optimizer(asked.optimization);
    choice.order(asked.optimization);
    choice.engine(asked.running);
    choice.result(asked.result);
    choice.config =
        choice.config.withTruncation(
            TruncationChoice.of(asked.truncation, choice.config.truncation(), problems)
                .orElse(null));
    if (asked.inputs.evalData == null
        && choice.config.evaluationBatchSize() != TrainingConfig.defaults().evaluationBatchSize()) {
      problems.add("--per_device_eval_batch_size has no effect without --eval_data.");
    }
    return choice.config;
  }

  /** How an option's value changes a configuration. */
  private interface Change<T> {
    TrainingConfig of(TrainingConfig config, T value);
  }

  private <T> void put(@Nullable T value, Change<T> change) {
    if (value == null) return;
    problems.collect(() -> change.of(config, value)).ifPresent(changed -> config = changed);
  }

  private void batches(OptimizationOptions asked) {
    put(asked.perDeviceTrainBatchSize, (c, rows) -> c.withBatchSize(rows));
    put(asked.gradientAccumulationSteps, (c, batches) -> c.withAccumulationSteps(batches));
    put(
        asked.microBatchSize,
        (c, rows) ->
            c.withMicroBatchSize(
                rows.equals("auto") ? null : Values.wholeNumber("--micro_batch_size", rows)));
    put(
        asked.memoryBudget,
        (c, bytes) -> c.withMemoryBudget(Values.bytes("--memory_budget", bytes)));
    put(asked.gradientCheckpointing, (c, when) -> c.withRecomputation(recomputation(when)));
    put(asked.perDeviceEvalBatchSize, (c, rows) -> c.withEvaluationBatchSize(rows));
    put(asked.numTrainEpochs, (c, epochs) -> c.withEpochs(epochs));
  }

  private static Recomputation recomputation(String when) {
    return switch (when) {
      case "true" -> Recomputation.ALWAYS;
      case "false" -> Recomputation.NEVER;
      case "auto" -> Recomputation.WHERE_NEEDED;
      default ->
          throw new InputException(
              "--gradient_checkpointing is \"%s\", expected true, false or auto.".formatted(when));
    };
  }

  private void learningRate(OptimizationOptions asked) {
    put(asked.learningRate, (c, rate) -> c.withLearningRate(rate));
    put(asked.lrSchedulerType, (c, name) -> c.withSchedule(schedule(name)));
    put(asked.warmupSteps, (c, steps) -> c.withWarmupSteps(steps));
  }

  private static LearningRateSchedule schedule(String name) {
    if (NotInThisVersion.SCHEDULES.contains(name)) {
      throw new InputException(NotInThisVersion.refusal("--lr_scheduler_type " + name));
    }
    return LearningRateSchedule.of(name);
  }

  private void optimizer(OptimizationOptions asked) {
    if (asked.optim != null && !asked.optim.matches("adamw_torch(_fused)?")) {
      problems.add(NotInThisVersion.refusal("--optim " + asked.optim));
    }
    put(asked.adamBeta1, optimizer(o -> o::withBeta1));
    put(asked.adamBeta2, optimizer(o -> o::withBeta2));
    put(asked.adamEpsilon, optimizer(o -> o::withEpsilon));
    put(asked.weightDecay, optimizer(o -> o::withWeightDecay));
    put(asked.maxGradNorm, optimizer(o -> o::withMaxGradNorm));
  }

  private static Change<Double> optimizer(
      Function<OptimizerOptions, Function<Double, OptimizerOptions>> change) {
    return (c, value) -> c.withOptimizer(change.apply(c.optimizer()).apply(value));
  }

  private void order(OptimizationOptions asked) {
    put(asked.trainSamplingStrategy, (c, name) -> c.withOrder(rowOrder(name)));
    put(asked.seed, (c, seed) -> c.withSeed(seed));
    put(asked.dataSeed, (c, seed) -> c.withDataSeed(seed));
  }

  private static RowOrder rowOrder(String name) {
    if (name.equals("group_by_length")) {
      throw new InputException(NotInThisVersion.refusal("--train_sampling_strategy " + name));
    }
    return RowOrder.of(name);
  }

  private void engine(TrainOptions.Running asked) {
    EngineChoice.session(asked.engine, problems)
        .ifPresent(session -> config = config.withSession(session));
    if (Boolean.TRUE.equals(asked.bf16)) {
      problems.add(NotInThisVersion.refusal("--bf16 true"));
    }
  }

  private void result(TrainOptions.Result asked) {
    put(asked.overwriteOutputDir, (c, overwrite) -> c.withOverwriteOutput(overwrite));
    put(asked.outputDtype, (c, name) -> c.withOutputFormat(weightFormat(name)));
    put(asked.cacheDir, (c, directory) -> c.withCacheDirectory(directory));
  }

  private static WeightFormat weightFormat(String name) {
    return switch (name) {
      case "float32" -> WeightFormat.FLOAT32;
      case "bfloat16" -> WeightFormat.BFLOAT16;
      default ->
          throw new InputException(
              "--output_dtype is \"%s\", expected float32 or bfloat16.".formatted(name));
    };
  }
}
