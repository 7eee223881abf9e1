package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be written, and how what may not is refused. */
class OptionsTest {
  /** A training that lacks nothing, on files that aren't there: fails at these, not before. */
  private static Outcome train(String... options) {
    List<String> all = new ArrayList<>(List.of("train", "--model", "gone", "--data", "gone.jsonl"));
    all.addAll(List.of("--output_dir", "out"));
    all.addAll(List.of(options));
    return Outcome.of(all.toArray());
  }

  private static void accepted(String... options) {
    train(options).refused(1, "gone.jsonl does not exist");
  }

  @Test
  void theProgramsHelpNamesItsCommands() {
    String help = Outcome.of("--help").done().out();
    Commands.NAMES.forEach(name -> assertTrue(help.contains("\n  " + name + " "), help));
    assertTrue(help.contains("dpo4j train --model MODEL --data pairs.jsonl"), help);
    assertEquals(help, Outcome.of().done().out());
    assertTrue(Outcome.of("--version").done().out().startsWith("dpo4j "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "score", "eval", "tokenize", "init", "list"})
  void aCommandsHelpNamesItsOptions(String command) {
    String help = Outcome.of(command, "--help").done().out();
    Commands.options(command).forEach(option -> assertTrue(help.contains(option), option));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate",
        "export",
        "merge",
        "train-tokenizer",
        "quickstart",
        "report",
        "doctor"
      })
  void laterCommandsAreRefusedByName(String command) {
    Outcome.of(command, "--model", "m").refused(2, command + ": not in this version.");
  }

  @Test
  void aCommandWithATypoGetsASuggestion() {
    Outcome.of("trian").refused(2, "There is no command \"trian\"", "Did you mean train?");
    Outcome.of("--backend", "djl", "train").refused(2, "the command comes first");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--resume",
        "--adapter=a",
        "--device=cuda:0",
        "--bf16=true",
        "--bf16",
        "--optim=sgd",
        "--lr_scheduler_type=polynomial",
        "--train_sampling_strategy=group_by_length",
        "--loss_type=kto"
      })
  void laterOptionsAndValuesAreRefusedByName(String option) {
    String name = option.replace('=', ' ');
    String err = train(option).refused(2, "not in this version").err();
    assertTrue(err.contains(name.split(" ", -1)[0]), err);
  }

  @Test
  void optionsOfTrlThatAreNotHereAreToldFromTypos() {
    train("--torch_compile", "true", "--sync-ref-model=true")
        .refused(
            2,
            "--torch_compile, an option of TRL 1.16: not in this version.",
            "--sync-ref-model, an option of TRL 1.16: not in this version.");
  }

  /** FIELD C04: a typo is fatal, with a suggestion. */
  @Test
  void aTypoIsFatalWithASuggestion() {
    train("--learnign_rate", "3e-4")
        .refused(2, "--learnign_rate: unknown option. Did you mean --learning_rate?");
  }

  @Test
  void anOptionOfAnotherCommandIsToldSo() {
    Outcome.of("tokenize", "--beta", "1").refused(2, "it belongs to train, score, eval");
  }

  @Test
  void allProblemsComeInOneList() {
    String err =
        Outcome.of(
                "train",
                "stray",
                "--learnign_rate",
                "1",
                "--resume",
                "--seed=1",
                "--seed=2",
                "--beta",
                "x",
                "--threads",
                "0",
                "--learning_rate",
                "-1",
                "--adam_beta1",
                "2",
                "--adam_beta2",
                "3",
                "--loss_type",
                "sigmod",
                "--max_length",
                "long",
                "--logging_steps",
                "0",
                "--backend",
                "tensorflow2")
            .refused(
                2,
                "\"stray\" is not expected",
                "--learnign_rate: unknown",
                "--resume: not in this version",
                "--seed is given twice",
                "'--beta': \"x\" is not a number",
                "threads is 0",
                "learning_rate is -1",
                "adam_beta1 is 2",
                "adam_beta2 is 3",
                "\"sigmod\"",
                "Did you mean sigmoid?",
                "--max_length is \"long\"",
                "--logging_steps is 0",
                "\"tensorflow2\"",
                "--model is missing",
                "--data is missing",
                "--output_dir is missing",
                "dpo4j train --help lists the options.")
            .err();
    assertFalse(err.contains("\tat "), err);
  }

  @Test
  void namesTakeDashesAndValuesAnEqualsSign() {
    accepted("--learning-rate=5e-7", "--num_train_epochs", "1", "--max-grad-norm", "0");
    accepted("--adam-epsilon=1e-6", "--bf16", "false", "--optim", "adamw_torch");
    accepted("--max_length", "none", "--warmup_steps=0.1", "--lr-scheduler-type=cosine");
  }

  @Test
  void theModelAndTheDataHaveTwoNames() {
    Outcome.of(
            "train",
            "--model_name_or_path=gone",
            "--dataset-name",
            "gone.jsonl",
            "--output_dir",
            "o")
        .refused(1, "gone.jsonl does not exist");
    train("--model_name_or_path", "other")
        .refused(2, "--model or --model_name_or_path is given twice");
  }

  @Test
  void listsTakeCommasOrSpaces() {
    accepted("--loss_type", "sigmoid,sft", "--loss_weights", "1.0,0.5");
    accepted("--loss_type", "sigmoid", "sft", "--loss_weights", "1", "0.5");
    train("--loss_type", "sigmoid,sft", "--loss_weights", "1.0")
        .refused(2, "--loss_weights has 1 number(s) for --loss_type sigmoid,sft");
    train("--loss_type", "sft", "--loss_type", "sigmoid").refused(2, "--loss_type is given twice");
    train("--loss_type", "sft,sft").refused(2, "names a loss twice");
  }

  @Test
  void valuesThatAreMissingTooManyOrOfAnotherKindAreProblems() {
    train("--beta").refused(2, "--beta");
    train("--cache_dir=").refused(2, "--cache_dir is given nothing.");
    train("--beta", "0.1", "0.2").refused(2, "--beta takes one value, not 0.1 0.2.");
    train("--overwrite_output_dir", "yes").refused(2, "\"yes\" is not true or false");
    train("--beta", "NaN").refused(2, "\"NaN\" is not a number");
    train("--seed", "1.5").refused(2, "\"1.5\" is not a whole number");
    train("--on_bad_record", "ignore").refused(2, "expected fail or skip");
    train("--output_dtype", "float16").refused(2, "expected float32 or bfloat16");
    train("--truncation_mode", "middle").refused(2, "expected keep_start or keep_end");
    train("--device", "fpga").refused(2, "expected auto or cpu");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--label_smoothing 0.1 | label_smoothing, sigmoid, robust",
        "--label_smoothing 0.1 --loss_type ipo | label_smoothing, ipo, cdpo",
        "--warmup_steps 3 --lr_scheduler_type constant | warmup_steps, constant",
        "--data_seed 3 --train_sampling_strategy sequential | data_seed, sequential",
        "--per_device_eval_batch_size 4 | per_device_eval_batch_size, eval_data",
        "--max_length none --truncation_mode keep_end | truncation_mode, max_length",
        "--micro_batch_size 9 | micro_batch_size, per_device_train_batch_size",
        "--mine.gamma 3 | mine.gamma",
      })
  void whatHasNoEffectIsRefusedWithBothNames(String options, String names) {
    train(options.split(" ", -1)).refused(2, names.split(", ", -1));
  }

  @Test
  void aDefaultSpelledOutIsWelcome() {
    accepted("--label_smoothing", "0.0", "--beta", "0.1", "--loss_weights", "1");
    accepted("--per_device_eval_batch_size", "8", "--device", "auto", "--trainer", "offline");
    accepted("--max_length", "1024", "--truncation_mode", "keep_start", "--seed", "42");
  }

  @Test
  void anEngineThatIsNotHereTellsItsArtifact() {
    for (String command : List.of("train", "score")) {
      Outcome.of(command, "--backend", "cntk").refused(2, "no backend \"cntk\"", "djl (");
    }
  }

  @Test
  void scoreNamesWhatHasNoEffect() {
    Outcome.of("score", "--model", "m", "--data", "d", "--output", "o", "--beta", "0.3")
        .refused(2, "--beta has no effect without --reference");
  }

  @Test
  void listKnowsItsKinds() {
    String losses = Outcome.of("list", "losses").done().out();
    for (String loss : List.of("sigmoid", "cdpo", "robust", "ipo", "hinge", "sft")) {
      assertTrue(losses.contains("\n  " + loss + " "), losses);
    }
    assertTrue(losses.contains("Rafailov 2023"), losses);
    assertTrue(losses.contains("--label_smoothing"), losses);
    String all = Outcome.of("list").done().out();
    for (String there : List.of("  djl ", "  json ", "  offline ", "  huggingface", "  llama")) {
      assertTrue(all.contains(there), all);
    }
    Outcome.of("list", "loses").refused(2, "Did you mean losses?");
    Outcome.of("list", "losses", "backends").refused(2, "backends");
  }
}
