package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dpo4j.loss.PreferenceLossFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A loss that is not in this library, from a jar of {@code --plugins DIR}. */
class PluginsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static Path plugins;
  private static Path model;
  private static Path reference;
  private static Path pairs;

  @BeforeAll
  static void makePlugin() throws IOException {
    plugins = Files.createDirectory(folder.resolve("plugins"));
    new PluginJar(plugins.resolve("beta-dpo.jar"))
        .source("mine.BetaDpoLoss", resource("BetaDpoLoss.txt"))
        .service(PreferenceLossFactory.class, "mine.BetaDpoLoss$Factory")
        .write();
    model = TinyModel.init(folder);
    reference = TinyModel.init(folder, 5);
    pairs =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            "{\"prompt\": \"a b\", \"chosen\": \" c d\", \"rejected\": \" e\"}\n".repeat(4)
                + "{\"prompt\": \"b\", \"chosen\": \" f\", \"rejected\": \" g h\"}\n".repeat(4));
  }

  private static String resource(String name) throws IOException {
    return new String(
        Objects.requireNonNull(PluginsTest.class.getResourceAsStream(name)).readAllBytes(),
        StandardCharsets.UTF_8);
  }

  private static Outcome train(Path output, Object... options) {
    List<Object> all = new ArrayList<>(List.of("train", "--output_dir", output));
    all.addAll(List.of(options));
    return Outcome.of(all.toArray());
  }

  /** The running mean of the margin that each step saw: 0 in the first, then it moves. */
  private static List<Double> usualMargins(Path output) throws IOException {
    List<Double> means = new ArrayList<>();
    for (String line : Files.readAllLines(output.resolve("run/metrics.jsonl"))) {
      means.add(JSON.readTree(line).get("mean_margin").asDouble());
    }
    return means;
  }

  @Test
  void listDocumentsItsOptions() {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Outcome list = Outcome.of("list", "losses", "--plugins", plugins).done();
    assertEquals("", list.err());
    assertTrue(
        list.out().contains("  beta_dpo     DPO whose beta follows the batch\n"), list.out());
    assertTrue(
        list.out()
            .contains(
                "--beta_dpo.momentum: Of the running mean. Expected a number that is at least 0"
                    + " and below 1; default 0.9."),
        list.out());
    assertSame(before, Thread.currentThread().getContextClassLoader());
    assertEquals(list, Outcome.of("list", "--plugins", plugins, "losses"));
    assertFalse(Outcome.of("list", "losses").done().out().contains("beta_dpo"), "it stays");
  }

  @ParameterizedTest
  @ValueSource(strings = {"djl", "tensorflow"})
  void trainsByNameFromTheCommandLine(String backend) throws IOException {
    Path output = folder.resolve(backend);
    train(
            output,
            "--plugins",
            plugins,
            "--model",
            model,
            "--data",
            pairs,
            "--backend",
            backend,
            "--loss_type",
            "beta_dpo,sft",
            "--beta_dpo.momentum",
            "0.5",
            "--per_device_train_batch_size",
            "4",
            "--learning_rate",
            "1e-2",
            "--num_train_epochs",
            "2")
        .done();
    List<Double> means = usualMargins(output);
    assertEquals(4, means.size());
    assertEquals(0, means.get(0));
    assertTrue(means.get(3) > 0, "it remembers: " + means);
  }

  @Test
  void trainsByNameFromAConfig() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("f.yaml"),
            """
            plugins: %s
            model: %s
            data: %s
            loss_type: beta_dpo
            beta_dpo: {alpha: 0, momentum: 0.5}
            """
                .formatted(plugins, model, pairs));
    train(folder.resolve("from-config"), "--config", config, "--num_train_epochs", "1").done();
    assertEquals(List.of(0.0), usualMargins(folder.resolve("from-config")));
    startsAgainFromItsOwnConfig(folder.resolve("from-config"));
    train(folder.resolve("o"), "--config", config, "--beta_dpo.momentum", "1")
        .refused(2, "--beta_dpo.momentum is 1, expected a number that is at least 0 and below 1");
  }

  private static void startsAgainFromItsOwnConfig(Path first) throws IOException {
    Path config = first.resolve("run/config.yaml");
    Path again = folder.resolve("again");
    train(again, "--config", config).done();
    assertEquals(
        Files.readString(first.resolve("run/metrics.jsonl")),
        Files.readString(again.resolve("run/metrics.jsonl")));
    String resolved = Files.readString(config);
    String file = folder.resolve("f.yaml").toString();
    assertTrue(resolved.contains("\nbeta_dpo.alpha: 0.0  # " + file + ", line 5\n"), resolved);
    assertTrue(resolved.contains("\nplugins: \"" + plugins + "\"  # " + file), resolved);
    assertTrue(resolved.contains("\nnum_train_epochs: 1.0  # command line\n"), resolved);
    assertTrue(resolved.contains("\nlearning_rate: 1.0E-6  # default\n"), resolved);
    String origin = "  # .*";
    assertEquals(
        resolved.replaceAll(origin, "").replace(first.toString(), again.toString()),
        Files.readString(again.resolve("run/config.yaml")).replaceAll(origin, ""));
    Outcome dry = train(first, "--config", config, "--dry-run").done();
    assertEquals(resolved.replaceAll(origin, ""), dry.out().replaceAll(origin, ""));
  }

  @Test
  void anOptionWithATypoGetsASuggestionWithItsLine() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("typo.yaml"),
            "plugins: %s\nloss_type: beta_dpo\nbeta_dpo:\n  momentun: 0.5\n".formatted(plugins));
    train(folder.resolve("o"), "--config", config)
        .refused(
            2,
            "No loss has the option --beta_dpo.momentun. Did you mean beta_dpo.momentum?"
                + " (beta_dpo.momentun: "
                + config
                + ", line 4)");
  }

  /** A fresh state goes through the batches in order. */
  @Test
  void evaluatesOnOnnx() throws IOException {
    Object[] eval = {
      "eval",
      "--plugins",
      plugins,
      "--model",
      model,
      "--reference",
      reference,
      "--data",
      pairs,
      "--backend",
      "onnx",
      "--loss_type",
      "beta_dpo",
      "--per_device_eval_batch_size",
      "4"
    };
    JsonNode told = JSON.readTree(Outcome.of(eval).done().out());
    assertTrue(told.get("eval_loss").asDouble() > 0, told.toString());
    // The first batch sees 0, the second a tenth of the first's mean reward margin.
    double first = rewardMargin(Files.readAllLines(pairs).get(0));
    assertEquals(0.1 * first / 2, told.get("eval_mean_margin").asDouble(), 1e-5);
  }

  private static double rewardMargin(String row) throws IOException {
    Path scores = folder.resolve("scores.jsonl");
    Path data = Files.writeString(folder.resolve("row.jsonl"), row + "\n");
    Object[] score = {
      "score", "--model", model, "--reference", reference, "--data", data, "--output", scores
    };
    Outcome.of(score).done();
    JsonNode line = JSON.readTree(Files.readString(scores));
    return line.get("rewards/chosen").asDouble() - line.get("rewards/rejected").asDouble();
  }

  @Test
  void aFolderThatCannotBeUsedIsAUsageError() throws IOException {
    Path gone = folder.resolve("gone");
    Outcome.of("list", "--plugins", gone).refused(2, "--plugins " + gone + " does not exist");
    Outcome.of("list", "--plugins", pairs).refused(2, "pairs.jsonl is no directory, expected");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Outcome.of("list", "--plugins", empty).refused(2, "--plugins " + empty + " holds no *.jar.");
    Path damaged = Files.createDirectory(folder.resolve("damaged"));
    Path jar = Files.writeString(damaged.resolve("a.jar"), "no zip");
    Outcome.of("list", "--plugins", damaged).refused(2, jar + " is no jar that can be read");
    Outcome.of("list", "--plugins").refused(2, "required parameter for option '--plugins'");
    Path config = Files.writeString(folder.resolve("p.yaml"), "plugins: gone\n");
    Outcome.of("eval", "--config", config)
        .refused(2, "--plugins gone does not exist", "p.yaml, line 1", "--model is missing");
  }

  @Test
  void everyCommandTakesTheFolderAndOnlyThoseWithLossesTheirOptions() {
    for (String command : Commands.NAMES) {
      Outcome.of(command, "--plugins", "gone").refused(2, "--plugins gone does not exist");
    }
    for (String command : List.of("score", "tokenize", "init", "list")) {
      Outcome.of(command, "--mine.gamma", "1")
          .refused(2, "--mine.gamma: " + command + " takes no options of plug-ins.");
    }
  }
}
