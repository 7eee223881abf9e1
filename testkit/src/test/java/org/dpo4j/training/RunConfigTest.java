package org.dpo4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dpo4j.loss.CdpoLoss;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.SftLoss;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.testkit.PlainBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run/config.yaml}: everything that was resolved, defaults included. */
class RunConfigTest {
  @TempDir Path folder;

  @Test
  void holdsEveryOptionOfARun() throws IOException {
    PretrainedModel model = TinyRuns.model(folder);
    Path output = folder.resolve("out");
    PreferenceDataset pairs = PreferenceDataset.of(TinyRuns.pairs(2));
    PreferenceTrainer.offline(new PlainBackend())
        .losses(
            List.of(
                new Objective.Weighted(new CdpoLoss(0.2, 0.1), 1),
                new Objective.Weighted(new SftLoss(), 0.5)))
        .config(
            TinyRuns.CONFIG
                .withMicroBatchSize(1)
                .withTruncation(null)
                .withSession(TinyRuns.CONFIG.session().withThreads(3)))
        .evaluation(pairs)
        .notes(new RunNotes(Map.of("label_smoothing", 0.1), Map.of()))
        .train(model, pairs, output);
    assertEquals(
        """
        model: "%s"
        data: "2 examples in memory"
        eval_data: "2 examples in memory"
        per_device_eval_batch_size: 8
        output_dir: "%s"
        overwrite_output_dir: false
        output_dtype: "float32"
        loss_type: ["cdpo","sft"]
        loss_weights: [1.0,0.5]
        beta: 0.2
        num_train_epochs: 1.0
        per_device_train_batch_size: 8
        gradient_accumulation_steps: 1
        micro_batch_size: 1
        gradient_checkpointing: "auto"
        learning_rate: 0.001
        lr_scheduler_type: "constant"
        warmup_steps: 0.0
        weight_decay: 0.0
        adam_beta1: 0.9
        adam_beta2: 0.999
        adam_epsilon: 1.0E-8
        max_grad_norm: 1.0
        train_sampling_strategy: "sequential"
        seed: 42
        max_length: null
        backend: "plain"
        device: "cpu"
        threads: 3
        fast_paths: true
        label_smoothing: 0.1
        """
            .formatted(model.directory(), output),
        Files.readString(output.resolve("run/config.yaml")));
  }
}
