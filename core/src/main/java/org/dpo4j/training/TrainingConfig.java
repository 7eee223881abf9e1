package org.dpo4j.training;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.dpo4j.backend.MemoryPlan.Recomputation;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.model.WeightFormat;
import org.dpo4j.tokenization.Truncation;
import org.jspecify.annotations.Nullable;

/**
 * How a policy is trained. {@link #defaults} are TRL's, but in float32 and with the reference's
 * log-probs computed beforehand. Errors name the options as TRL and the command line do.
 *
 * @param batchSize rows of a per-device batch, the unit of every mean, at least 1 ({@code
 *     per_device_train_batch_size})
 * @param accumulationSteps per-device batches of an optimizer step, at least 1; the last step of an
 *     epoch has what is left ({@code gradient_accumulation_steps})
 * @param microBatchSize rows that go through the engine at once, from 1 to {@code batchSize}: for
 *     memory only, numbers stay; null: as many as fit and are of use ({@code micro_batch_size})
 * @param memoryBudget bytes that the process may take, the Java heap's limit included; null: nine
 *     tenths of what the machine or its container leaves ({@code memory_budget})
 * @param recomputation whether activations are made again on the way back ({@code
 *     gradient_checkpointing})
 * @param evaluationBatchSize evaluation rows that go through the engine at once, at least 1 ({@code
 *     per_device_eval_batch_size})
 * @param epochs how often the rows are gone through, more than 0; of a fraction, the steps are
 *     rounded up ({@code num_train_epochs})
 * @param learningRate at its highest, not negative ({@code learning_rate})
 * @param schedule how it moves ({@code lr_scheduler_type})
 * @param warmupSteps of rise; below 1: a fraction of all steps, rounded up ({@code warmup_steps})
 * @param optimizer AdamW's numbers and the clip
 * @param order of the rows in an epoch ({@code train_sampling_strategy})
 * @param seed in [0, 2^32) ({@code seed})
 * @param dataSeed of the rows' order, in [0, 2^32); null: {@code seed} ({@code data_seed})
 * @param truncation of rows that are too long; null: none, and a row past the model's context is an
 *     error ({@code max_length}, {@code truncation_mode})
 * @param session device, precision and threads
 * @param outputFormat of the weights that are written ({@code output_dtype})
 * @param overwriteOutput whether what an earlier run wrote into the output directory may go ({@code
 *     overwrite_output_dir})
 * @param cacheDirectory where reference log-probs are kept for later runs; null: {@code run/cache}
 *     in the output directory ({@code cache_dir})
 */
public record TrainingConfig(
    int batchSize,
    int accumulationSteps,
    @Nullable Integer microBatchSize,
    @Nullable Long memoryBudget,
    Recomputation recomputation,
    int evaluationBatchSize,
    double epochs,
    double learningRate,
    LearningRateSchedule schedule,
    double warmupSteps,
    OptimizerOptions optimizer,
    RowOrder order,
    long seed,
    @Nullable Long dataSeed,
    @Nullable Truncation truncation,
    SessionOptions session,
    WeightFormat outputFormat,
    boolean overwriteOutput,
    @Nullable Path cacheDirectory) {
  private static final double SEEDS = 1L << 32;

  public TrainingConfig {
    atLeast1("per_device_train_batch_size", batchSize);
    atLeast1("gradient_accumulation_steps", accumulationSteps);
    if (microBatchSize != null && (microBatchSize < 1 || microBatchSize > batchSize)) {
      throw new IllegalArgumentException(
          "micro_batch_size is %d, expected from 1 to per_device_train_batch_size, %d"
              .formatted(microBatchSize, batchSize));
    }
    if (memoryBudget != null && memoryBudget < 1) {
      throw new IllegalArgumentException(
          "memory_budget is " + memoryBudget + ", expected at least 1 byte");
    }
    atLeast1("per_device_eval_batch_size", evaluationBatchSize);
    check("num_train_epochs", epochs, epochs > 0 && epochs < 1e6, "above 0 and below 1e6");
    check("learning_rate", learningRate, finite(learningRate), "a finite number, not below 0");
    check("warmup_steps", warmupSteps, finite(warmupSteps), "a finite number, not below 0");
    check("seed", seed, seed >= 0 && seed < SEEDS, "from 0 to 4294967295");
    if (dataSeed != null) {
      check("data_seed", dataSeed, dataSeed >= 0 && dataSeed < SEEDS, "from 0 to 4294967295");
    }
    if (warmupSteps > 0 && schedule == LearningRateSchedule.CONSTANT) {
      throw new IllegalArgumentException(
          "warmup_steps is %s, but lr_scheduler_type constant has no warm-up: constant_with_warmup has"
              .formatted(warmupSteps));
    }
    if (dataSeed != null && order == RowOrder.SEQUENTIAL) {
      throw new IllegalArgumentException(
          "data_seed is %d, but train_sampling_strategy sequential draws nothing"
              .formatted(dataSeed));
    }
  }

  private static void atLeast1(String option, int value) {
    check(option, value, value >= 1, "at least 1");
  }

  private static void check(String option, Number value, boolean right, String expected) {
    if (!right) {
      throw new IllegalArgumentException(option + " is " + value + ", expected " + expected);
    }
  }

  private static boolean finite(double value) {
    return value >= 0 && value < Double.POSITIVE_INFINITY;
  }

  /** TRL's defaults, in float32. */
  public static TrainingConfig defaults() {
    return new Draft().config();
  }

  /** Optimizer steps of a run over so many rows, as transformers counts them. */
  public long steps(int rows) {
    return (long) Math.ceil(epochs * stepsPerEpoch(rows));
  }

  /** Optimizer steps of a whole epoch. */
  public long stepsPerEpoch(int rows) {
    return ceilDiv(ceilDiv(rows, batchSize), accumulationSteps);
  }

  private static long ceilDiv(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  /** Whole steps of warm-up of a run of so many steps. */
  public long warmupSteps(long steps) {
    return (long) (warmupSteps < 1 ? Math.ceil(steps * warmupSteps) : warmupSteps);
  }

  /** The learning rate that a step uses, from 0. */
  public double learningRate(long step, long steps) {
    return learningRate * schedule.factor(step, warmupSteps(steps), steps);
  }

  /** The rows of an epoch in their order, {@code [rows]}. */
  public int[] epochOrder(int rows, int epoch) {
    return order.epoch(rows, dataSeed == null ? seed : dataSeed, epoch);
  }

  public TrainingConfig withBatchSize(int rows) {
    return with(d -> d.batchSize = rows);
  }

  public TrainingConfig withAccumulationSteps(int batches) {
    return with(d -> d.accumulationSteps = batches);
  }

  public TrainingConfig withMicroBatchSize(@Nullable Integer rows) {
    return with(d -> d.microBatchSize = rows);
  }

  public TrainingConfig withMemoryBudget(@Nullable Long bytes) {
    return with(d -> d.memoryBudget = bytes);
  }

  public TrainingConfig withRecomputation(Recomputation when) {
    return with(d -> d.recomputation = when);
  }

  public TrainingConfig withEvaluationBatchSize(int rows) {
    return with(d -> d.evaluationBatchSize = rows);
  }

  public TrainingConfig withEpochs(double n) {
    return with(d -> d.epochs = n);
  }

  public TrainingConfig withLearningRate(double rate) {
    return with(d -> d.learningRate = rate);
  }

  public TrainingConfig withSchedule(LearningRateSchedule s) {
    return with(d -> d.schedule = s);
  }

  public TrainingConfig withWarmupSteps(double steps) {
    return with(d -> d.warmupSteps = steps);
  }

  public TrainingConfig withOptimizer(OptimizerOptions o) {
    return with(d -> d.optimizer = o);
  }

  public TrainingConfig withOrder(RowOrder o) {
    return with(d -> d.order = o);
  }

  public TrainingConfig withSeed(long s) {
    return with(d -> d.seed = s);
  }

  public TrainingConfig withDataSeed(@Nullable Long s) {
    return with(d -> d.dataSeed = s);
  }

  public TrainingConfig withTruncation(@Nullable Truncation t) {
    return with(d -> d.truncation = t);
  }

  public TrainingConfig withSession(SessionOptions o) {
    return with(d -> d.session = o);
  }

  public TrainingConfig withOutputFormat(WeightFormat f) {
    return with(d -> d.outputFormat = f);
  }

  public TrainingConfig withOverwriteOutput(boolean overwrite) {
    return with(d -> d.overwriteOutput = overwrite);
  }

  public TrainingConfig withCacheDirectory(@Nullable Path directory) {
    return with(d -> d.cacheDirectory = directory);
  }

  private TrainingConfig with(Consumer<Draft> change) {
    Draft draft = new Draft();
    draft.batchSize = batchSize;
    draft.accumulationSteps = accumulationSteps;
    draft.microBatchSize = microBatchSize;
    draft.memoryBudget = memoryBudget;
    draft.recomputation = recomputation;
    draft.evaluationBatchSize = evaluationBatchSize;
    draft.epochs = epochs;
    draft.learningRate = learningRate;
    draft.schedule = schedule;
    draft.warmupSteps = warmupSteps;
    draft.optimizer = optimizer;
    draft.order = order;
    draft.seed = seed;
    draft.dataSeed = dataSeed;
    draft.truncation = truncation;
    draft.session = session;
    draft.outputFormat = outputFormat;
    draft.overwriteOutput = overwriteOutput;
    draft.cacheDirectory = cacheDirectory;
    change.accept(draft);
    return draft.config();
  }

  /** The components, to be changed one at a time; made with the defaults. */
  private static final class Draft {
    private int batchSize = 8;
    private int accumulationSteps = 1;
    private @Nullable Integer microBatchSize;
    private @Nullable Long memoryBudget;
    private Recomputation recomputation = Recomputation.WHERE_NEEDED;
    private int evaluationBatchSize = 8;
    private double epochs = 3;
    private double learningRate = 1e-6;
    private LearningRateSchedule schedule = LearningRateSchedule.LINEAR;
    private double warmupSteps;
    private OptimizerOptions optimizer = OptimizerOptions.defaults();
    private RowOrder order = RowOrder.RANDOM;
    private long seed = 42;
    private @Nullable Long dataSeed;
    private @Nullable Truncation truncation = new Truncation(Truncation.Mode.KEEP_START, 1024);
    private SessionOptions session = SessionOptions.defaults();
    private WeightFormat outputFormat = WeightFormat.FLOAT32;
    private boolean overwriteOutput;
    private @Nullable Path cacheDirectory;

    TrainingConfig config() {
      return new TrainingConfig(
          batchSize,
          accumulationSteps,
          microBatchSize,
          memoryBudget,
          recomputation,
          evaluationBatchSize,
          epochs,
          learningRate,
          schedule,
          warmupSteps,
          optimizer,
          order,
          seed,
          dataSeed,
          truncation,
          session,
          outputFormat,
          overwriteOutput,
          cacheDirectory);
    }
  }
}
