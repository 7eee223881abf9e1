package org.dpo4j.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Steps, batches, learning rate, order: TRL's names and defaults. */
final class OptimizationOptions {
  @Option(
      names = "--num_train_epochs",
      hideParamSyntax = true,
      paramLabel = "N",
      description = "Passes over the data (default: 3).")
  @Nullable Double numTrainEpochs;

  @Option(
      names = "--per_device_train_batch_size",
      hideParamSyntax = true,
      paramLabel = "N",
      description = "Rows of a batch (default: 8).")
  @Nullable Integer perDeviceTrainBatchSize;

  @Option(
      names = "--per_device_eval_batch_size",
      hideParamSyntax = true,
      paramLabel = "N",
      description = "Rows of --eval_data that are scored at once (default: 8).")
  @Nullable Integer perDeviceEvalBatchSize;

  @Option(
      names = "--gradient_accumulation_steps",
      hideParamSyntax = true,
      paramLabel = "N",
      description = "Batches of an optimizer step (default: 1).")
  @Nullable Integer gradientAccumulationSteps;

  @Option(
      names = "--micro_batch_size",
      hideParamSyntax = true,
      paramLabel = "N|auto",
      description =
          "Rows that are computed at once, for memory only: the numbers stay (default: auto, as many"
              + " as fit and are of use).")
  @Nullable String microBatchSize;

  @Option(
      names = "--memory_budget",
      hideParamSyntax = true,
      paramLabel = "BYTES",
      description =
          "Memory that the process may take, 8GB say (default: most of what the machine or its"
              + " container leaves).")
  @Nullable String memoryBudget;

  @Option(
      names = "--gradient_checkpointing",
      hideParamSyntax = true,
      paramLabel = "true|false|auto",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "Compute activations again on the way back instead of keeping them: less memory, more"
              + " time (default: auto, where memory needs it).")
  @Nullable String gradientCheckpointing;

  @Option(
      names = "--learning_rate",
      hideParamSyntax = true,
      paramLabel = "LR",
      description = "The highest learning rate (default: 1e-6).")
  @Nullable Double learningRate;

  @Option(
      names = "--lr_scheduler_type",
      hideParamSyntax = true,
      paramLabel = "NAME",
      description = "linear (default), cosine, constant, constant_with_warmup.")
  @Nullable String lrSchedulerType;

  @Option(
      names = "--warmup_steps",
      hideParamSyntax = true,
      paramLabel = "N",
      description = "Steps of rising learning rate; below 1, the share of all steps (default: 0).")
  @Nullable Double warmupSteps;

  @Option(
      names = "--optim",
      hideParamSyntax = true,
      paramLabel = "NAME",
      description = "adamw_torch_fused (default) or adamw_torch: the same AdamW here.")
  @Nullable String optim;

  @Option(
      names = "--weight_decay",
      hideParamSyntax = true,
      paramLabel = "D",
      description = "AdamW's; not of biases and norms (default: 0).")
  @Nullable Double weightDecay;

  @Option(
      names = "--adam_beta1",
      hideParamSyntax = true,
      paramLabel = "B",
      description = "AdamW's (default: 0.9).")
  @Nullable Double adamBeta1;

  @Option(
      names = "--adam_beta2",
      hideParamSyntax = true,
      paramLabel = "B",
      description = "AdamW's (default: 0.999).")
  @Nullable Double adamBeta2;

  @Option(
      names = "--adam_epsilon",
      hideParamSyntax = true,
      paramLabel = "E",
      description = "AdamW's (default: 1e-8).")
  @Nullable Double adamEpsilon;

  @Option(
      names = "--max_grad_norm",
      hideParamSyntax = true,
      paramLabel = "N",
      description = "Longer gradients are scaled down to it; 0: never (default: 1).")
  @Nullable Double maxGradNorm;

  @Option(
      names = "--train_sampling_strategy",
      hideParamSyntax = true,
      paramLabel = "random|sequential",
      description = "The order of rows (default: random, TRL's permutation of the seed).")
  @Nullable String trainSamplingStrategy;

  @Option(
      names = "--seed",
      hideParamSyntax = true,
      paramLabel = "N",
      description = "Of all that is random (default: 42).")
  @Nullable Long seed;

  @Option(
      names = "--data_seed",
      hideParamSyntax = true,
      paramLabel = "N",
      description = "Of the order of rows alone (default: the seed).")
  @Nullable Long dataSeed;
}
