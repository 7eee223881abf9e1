package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options in a file: what it may hold, and who beats whom. */
class ConfigFileTest {
  @TempDir Path folder;

  private Path config(String text) {
    try {
      return Files.writeString(folder.resolve("f.yaml"), text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Outcome train(String text, String... options) {
    List<Object> all = new ArrayList<>(List.of("train", "--config", config(text)));
    all.addAll(List.of(options));
    return Outcome.of(all.toArray());
  }

  /** Lacks nothing but the files that it names: fails at the data. */
  private void accepted(String text, String... options) {
    train("model: gone\ndata: gone.jsonl\noutput_dir: out\n" + text, options)
        .refused(1, "gone.jsonl does not exist");
  }

  @Test
  void keysAreTheNamesOfOptions() {
    accepted(
        """
        # a comment
        learning-rate: 3e-4
        lr_scheduler_type: "cosine"
        bf16: false
        loss_type: [sigmoid, sft]
        loss_weights:
          - 1.0
          - 0.5
        max_length: null
        """);
    train("model_name_or_path: gone\ndataset_name: gone.jsonl\noutput_dir: out\n")
        .refused(1, "gone.jsonl does not exist");
    accepted("loss_type: sigmoid,sft\nloss_weights: 1,0.5\n");
    accepted("\"beta\": 0.2\n", "--learning_rate", "1e-3");
  }

  /** FIELD C02: the command line beats the file, the file the default. */
  @Test
  void theCommandLineBeatsTheFile() throws IOException {
    TinyModel.writeIngredients(folder.resolve("ingredients"));
    Path model = TinyModel.init(folder);
    Path pairs =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            "{\"prompt\": \"a b\", \"chosen\": \" c d\", \"rejected\": \" e\"}\n");
    String text =
        """
        model: %s
        data: %s
        output_dir: %s
        beta: 0.2
        num_train_epochs: 1
        """
            .formatted(model, pairs, folder.resolve("a"));
    Outcome run = train(text, "--output_dir", folder.resolve("b").toString()).done();
    assertEquals("The result is in " + folder.resolve("b") + "\n", run.out());
    assertFalse(Files.exists(folder.resolve("a")));
    String planned = "Training on 1 rows: 1 steps, beta 0.2, ";
    assertEquals(planned, run.err().lines().findFirst().orElse("").substring(0, planned.length()));
    String other = train(text, "--beta=0.3", "--output-dir", folder + "/c").done().err();
    assertEquals("beta 0.3", other.substring(other.indexOf("beta "), other.indexOf("beta ") + 8));
  }

  @Test
  void whatTheCommandLineReplacesIsStillAnOption() {
    accepted("beta: x\n", "--beta", "0.1"); // not looked at: it has no effect
    train("model: gone\nbteta: 1\n", "--beta", "0.1")
        .refused(2, "f.yaml, line 2: bteta: unknown option. Did you mean beta?");
  }

  /** FIELD C04: a typo is fatal with a suggestion, and all problems come in one list. */
  @Test
  void allProblemsComeInOneListWithTheirLines() {
    String file = folder.resolve("f.yaml").toString();
    train(
            """
            learnign_rate: 3e-4
            max_prompt_length: 128
            torch_compile: true
            resume: true
            beta: 0.1
            beta: 0.2
            num_train_epochs: many
            weight_decay: -1
            seed:
            warmup_steps: [1, 2]
            config: other.yaml
            loss_type: kto
            optim: {lr: {deep: 1}}
            device: cuda:0
            """,
            "--adam_beta1",
            "7")
        .refused(
            2,
            file + ", line 1: learnign_rate: unknown option. Did you mean learning_rate?",
            file + ", line 2: max_prompt_length: TRL has it no more; max_length limits prompt and",
            file + ", line 3: torch_compile, an option of TRL 1.16: not in this version.",
            file + ", line 4: resume: not in this version.",
            file + ", line 6: beta is given twice.",
            "\"many\" is not a number (num_train_epochs: " + file + ", line 7)",
            "(weight_decay: " + file + ", line 8)",
            file + ", line 9: seed is given nothing.",
            file + ", line 10: warmup_steps takes one value, not 1 2.",
            file + ", line 11: config belongs on the command line.",
            "kto: not in this version. (loss_type: " + file + ", line 12)",
            file + ", line 13: optim.lr holds no plain value.",
            "--device cuda:0: not in this version. (device: " + file + ", line 14)",
            "adam_beta1 is 7",
            "--model is missing");
  }

  /** FIELD C04: what TRL renamed is refused with its name of today, what it dropped with why. */
  @Test
  void namesOfEarlierVersionsAreToldTodays() {
    train(
            """
            evaluation_strategy: steps
            ref_model_init_kwargs: {}
            torch_dtype: bfloat16
            tokenizer: x
            warmup_ratio: 0.1
            loss_type: dpo
            """)
        .refused(
            2,
            "line 1: evaluation_strategy: TRL calls it eval_strategy now, which is not in this",
            "line 2: ref_model_init_kwargs: TRL calls it model_init_kwargs now",
            "line 3: torch_dtype: TRL calls it dtype now, which is not in this version.",
            "line 4: tokenizer: TRL has it no more; the tokenizer is the one in the model's",
            "line 5: warmup_ratio: TRL calls it warmup_steps now.",
            "There is no --loss_type dpo. TRL calls it sigmoid. (loss_type: ");
    Outcome.of("train", "--warmup-ratio", "0.1")
        .refused(2, "--warmup-ratio: TRL calls it warmup_steps");
  }

  @Test
  void anOptionOfAPluginWithATypoGetsASuggestionAndItsLine() {
    train("loss_type: cdpo\nlabel.smoothing: 0.1\n")
        .refused(
            2,
            "No loss has the option --label.smoothing. Did you mean label_smoothing?"
                + " (label.smoothing: "
                + folder.resolve("f.yaml")
                + ", line 2)");
  }

  @Test
  void twoNamesOfOneOptionAreOne() {
    train("model: a\nmodel_name_or_path: b\n")
        .refused(2, "line 2: --model or --model_name_or_path is given twice.");
    train("max-length: 3\nmax_length: 4\n").refused(2, "line 2: max_length is given twice.");
  }

  @Test
  void optionsOfPluginsHaveTheirNameBeforeADotOrAMapping() {
    train("mine.gamma: 3\nyours:\n  delta: 4\n")
        .refused(2, "No loss has the option --mine.gamma", "No loss has the option --yours.delta");
    train("mine:\n  gamma: 3\nmine.gamma: 4\n").refused(2, "line 3: mine.gamma is given twice.");
    String beaten = train("mine.gamma: x\n", "--mine.gamma", "4").refused(2, "mine.gamma").err();
    assertEquals(1, beaten.split("No loss has the option", -1).length - 1, beaten);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "- beta: 0.1\n",
        "just text\n",
        "beta: 0.1\n---\nbeta: 0.2\n",
        "beta: [0.1\nseed: 3\n",
        "beta: \"0.1\nseed: 3\n",
        "beta: &b 0.1\nlearning_rate: *b\n",
        "loss_type: [[sigmoid], sft]\n",
      })
  void whatIsNoSuchFileIsAProblem(String text) {
    train(text).refused(2, folder.resolve("f.yaml") + ", line ");
  }

  @Test
  void aFileThatIsNotThereIsAProblemToo() {
    Outcome.of("eval", "--config", folder.resolve("gone.yaml"), "--data", "d")
        .refused(2, "gone.yaml does not exist", "--model is missing");
    Outcome.of("eval", "--config", folder).refused(2, "cannot be read");
    Outcome.of("score", "--config", "f.yaml").refused(2, "it belongs to train, eval, init");
  }

  @Test
  void evalReadsOneToo() {
    Object[] eval = {"eval", "--config", config("model: gone\ndata: d\nloss_type: sigmoid\n")};
    Outcome.of(eval)
        .refused(2, "--loss_type sigmoid needs --reference", "(loss_type: ", "f.yaml, line 3)");
    Object[] other = {"eval", "--config", config("model: gone\ndata: d\noutput_dir: o\n")};
    Outcome.of(other).refused(2, "line 3: output_dir: eval has no such option; it belongs to");
  }
}
