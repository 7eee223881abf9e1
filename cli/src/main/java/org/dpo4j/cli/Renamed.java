package org.dpo4j.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Names of earlier versions of TRL and transformers, as they stand in people's recipes. They are
 * refused with today's name, for a limit that drops out silently is worse than an error.
 */
final class Renamed {
  private static final Map<String, String> OPTIONS =
      Map.of(
          "evaluation_strategy", "eval_strategy",
          "group_by_length", "train_sampling_strategy",
          "max_target_length", "max_completion_length",
          "no_cuda", "use_cpu",
          "per_gpu_eval_batch_size", "per_device_eval_batch_size",
          "per_gpu_train_batch_size", "per_device_train_batch_size",
          "ref_model_init_kwargs", "model_init_kwargs",
          "torch_dtype", "dtype",
          "warmup_ratio", "warmup_steps");

  /** What has no other name, with what does the same. */
  private static final Map<String, String> GONE =
      Map.of(
          "max_prompt_length",
          "max_length limits prompt and completion together, and truncation_mode tells which end stays",
          "rpo_alpha",
          "loss_type sigmoid,sft with loss_weights 1.0,ALPHA is the same",
          "tokenizer",
          "the tokenizer is the one in the model's directory");

  private static final Map<String, String> LOSSES =
      Map.of("dpo", "sigmoid", "kto_pair", "kto", "nll", "sft");

  private Renamed() {}

  /**
   * Why an option of an earlier version is refused; null where it is none.
   *
   * @param written as it was written, for people
   * @param bare its name without dashes
   */
  static @Nullable String option(String written, String bare, CommandSpec command) {
    String now = OPTIONS.get(bare);
    if (now != null) {
      boolean here = command.findOption("--" + now) != null;
      return "%s: TRL calls it %s now%s."
          .formatted(written, now, here ? "" : ", which is not in this version");
    }
    String instead = GONE.get(bare);
    return instead == null ? null : "%s: TRL has it no more; %s.".formatted(written, instead);
  }

  /** Today's name of a loss, as a sentence, or nothing. */
  static String loss(String name) {
    String now = LOSSES.get(name);
    return now == null ? "" : " TRL calls it %s.".formatted(now);
  }
}
