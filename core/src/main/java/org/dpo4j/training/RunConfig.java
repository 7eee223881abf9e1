package org.dpo4j.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.loss.Objective;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.tokenization.Truncation;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run was resolved to, by the names of the command line: a run starts again from
 * its own {@code config.yaml}. Lines of {@code key: JSON value} are YAML, and need no library for
 * it.
 */
final class RunConfig {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, @Nullable Object> options = new LinkedHashMap<>();

  private RunConfig() {}

  /** The file's text. */
  static String of(TrainingJob job) {
    RunConfig config = new RunConfig();
    config.data(job);
    config.objective(job.objective());
    config.optimization(job.config());
    config.lengthAndEngine(job);
    config.options.putAll(new TreeMap<>(job.notes().options()));
    return config.text(job.notes().origins());
  }

  private void data(TrainingJob job) {
    options.put("model", job.model().directory().toString());
    options.put("data", job.preferences().name());
    PreferenceDataset evaluation = job.evaluation();
    if (evaluation != null) {
      options.put("eval_data", evaluation.name());
      options.put("per_device_eval_batch_size", job.config().evaluationBatchSize());
    }
    options.put("output_dir", job.output().toString());
    TrainingConfig config = job.config();
    options.put("overwrite_output_dir", config.overwriteOutput());
    options.put("output_dtype", config.outputFormat().name().toLowerCase(Locale.ROOT));
    if (config.cacheDirectory() != null) {
      options.put("cache_dir", config.cacheDirectory().toString());
    }
  }

  private void objective(Objective objective) {
    List<Objective.Weighted> losses = objective.losses();
    options.put("loss_type", losses.stream().map(w -> w.loss().name()).toList());
    options.put("loss_weights", losses.stream().map(Objective.Weighted::weight).toList());
    options.put("beta", objective.beta());
  }

  private void optimization(TrainingConfig config) {
    options.put("num_train_epochs", config.epochs());
    options.put("per_device_train_batch_size", config.batchSize());
    options.put("gradient_accumulation_steps", config.accumulationSteps());
    options.put(
        "micro_batch_size", config.microBatchSize() == null ? "auto" : config.microBatchSize());
    if (config.memoryBudget() != null) options.put("memory_budget", config.memoryBudget());
    options.put(
        "gradient_checkpointing",
        switch (config.recomputation()) {
          case NEVER -> "false";
          case WHERE_NEEDED -> "auto";
          case ALWAYS -> "true";
        });
    options.put("learning_rate", config.learningRate());
    options.put("lr_scheduler_type", config.schedule().optionName());
    options.put("warmup_steps", config.warmupSteps());
    OptimizerOptions optimizer = config.optimizer();
    options.put("weight_decay", optimizer.weightDecay());
    options.put("adam_beta1", optimizer.beta1());
    options.put("adam_beta2", optimizer.beta2());
    options.put("adam_epsilon", optimizer.epsilon());
    options.put("max_grad_norm", optimizer.maxGradNorm());
    options.put("train_sampling_strategy", config.order().optionName());
    options.put("seed", config.seed());
    if (config.dataSeed() != null) options.put("data_seed", config.dataSeed());
  }

  private void lengthAndEngine(TrainingJob job) {
    Truncation truncation = job.config().truncation();
    options.put("max_length", truncation == null ? null : truncation.maxLength());
    if (truncation != null) {
      options.put("truncation_mode", truncation.mode().name().toLowerCase(Locale.ROOT));
    }
    options.put("backend", job.backend().name());
    if (job.referenceBackend() != null) {
      options.put("reference_backend", job.referenceBackend().name());
    }
    options.put("device", job.config().session().device().name());
    options.put("threads", job.config().session().threads());
    options.put("fast_paths", job.config().session().fastPaths());
  }

  /** An option's origin follows it as a comment. */
  private String text(Map<String, String> origins) {
    StringBuilder text = new StringBuilder();
    options.forEach(
        (key, value) -> {
          text.append(key).append(": ").append(json(value));
          if (!origins.isEmpty()) text.append("  # ").append(origins.getOrDefault(key, "default"));
          text.append('\n');
        });
    return text.toString();
  }

  private static String json(@Nullable Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(value + " is no value of an option", e);
    }
  }
}
