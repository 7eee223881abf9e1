package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceDatasetFactory;
import org.dpo4j.tokenization.TokenizerFactory;
import org.junit.jupiter.api.Test;

/** Plug-ins that were built for another version, and those that fail at work. */
class FailingPluginsTest extends PluginFolder {
  /** What can be of no use to anybody is told at once, in a run that does not need it too. */
  @Test
  void formatsAndTokenizersAreHeldToTheirInterfacesToo() throws IOException {
    String old =
        """
        package mine;
        public class %s implements %s {
          public String name() { return "old"; }
        }
        """;
    String stub = "package %s; public interface %s extends org.dpo4j.service.NamedService {}";
    for (Class<?> spi : List.of(PreferenceDatasetFactory.class, TokenizerFactory.class)) {
      String type = "Old" + spi.getSimpleName();
      jar(type)
          .compiledAgainst(spi.getName(), stub.formatted(spi.getPackageName(), spi.getSimpleName()))
          .source("mine." + type, old.formatted(type, spi.getName()))
          .service(spi, "mine." + type)
          .write();
    }
    Outcome list = Outcome.of("list", "--plugins", plugins).done();
    assertEquals(2, list.err().lines().count(), list.err());
    assertTrue(list.err().contains("mine.OldTokenizerFactory lacks TokenizerFactory."));
    assertTrue(list.err().contains(plugins + "/OldPreferenceDatasetFactory.jar"), list.err());
    assertFalse(list.out().contains("old"), list.out());
    String pairs = "{\"prompt\": \"a b\", \"chosen\": \" c d\", \"rejected\": \" e\"}\n";
    Path data = Files.writeString(folder.resolve("pairs.jsonl"), pairs);
    TinyModel.writeIngredients(folder.resolve("model"));
    Path output = folder.resolve("ids.jsonl");
    Object[] tokenize = {
      "tokenize",
      "--plugins",
      plugins,
      "--model",
      folder.resolve("model"),
      "--data",
      data,
      "--output",
      output
    };
    Outcome.of(tokenize).done();
    assertTrue(Files.readString(output).contains("prompt_ids"));
  }

  private static final String FORMAT =
      """
      package mine;
      import java.nio.file.Path;
      import java.util.stream.Stream;
      import org.dpo4j.preference.*;
      public class Format implements PreferenceDatasetFactory {
        public String name() { return "mine"; }
        public String summary() { return "a test's"; }
        public boolean canOpen(Path file) { return file.toString().endsWith(".mine"); }
        public PreferenceDataset open(Path file) { return new Data(); }
        static class Data implements PreferenceDataset {
          public String name() { return "mine"; }
          %s
        }
      }
      """;

  private Outcome tokenizeMine() throws IOException {
    TinyModel.writeIngredients(folder.resolve("model"));
    Path data = Files.writeString(folder.resolve("pairs.mine"), "any");
    Object[] tokenize = {
      "tokenize",
      "--plugins",
      plugins,
      "--model",
      folder.resolve("model"),
      "--data",
      data,
      "--output",
      folder.resolve("ids.jsonl")
    };
    return Outcome.of(tokenize);
  }

  @Test
  void whatAPluginMakesIsHeldToItsInterfaceToo() throws IOException {
    jar("old")
        .compiledAgainst(
            PreferenceDataset.class.getName(),
            "package org.dpo4j.preference; public interface PreferenceDataset { String name(); }")
        .source("mine.Format", FORMAT.formatted(""))
        .service(PreferenceDatasetFactory.class, "mine.Format")
        .write();
    tokenizeMine()
        .refused(
            1,
            "The PreferenceDataset of mine (mine.Format in "
                + plugins
                + "/old.jar) cannot be used:",
            "mine.Format$Data lacks PreferenceDataset.rows");
  }

  @Test
  void whatItThrowsLaterIsTold() throws IOException {
    jar("late")
        .source(
            "mine.Format",
            FORMAT.formatted(
                "public Stream<PreferenceRow> rows() { return Stream.of(1, 0).map(i -> null); }"
                    .replace("null", "{ throw new IllegalStateException(\"no row \" + i); }")))
        .service(PreferenceDatasetFactory.class, "mine.Format")
        .write();
    tokenizeMine()
        .refused(
            1,
            "The plug-in mine.Format$Data (in " + plugins + "/late.jar) failed: ",
            "java.lang.IllegalStateException: no row 1");
  }

  private static final String LOSS_OF_PAIRS =
      """
      package mine;
      import org.dpo4j.loss.*;
      public record BadLoss() implements PairwiseLoss {
        public LossValue evaluate(Comparison c) {
          %s
        }
        public static class Factory extends LossFactory {
          public Factory() { super("bad", "a test's", o -> new BadLoss()); }
        }
      }
      """;

  /** Row 1 has a chosen answer of two tokens. */
  @Test
  void aLossThatFailsIsToldWithItsRow() throws IOException {
    Path model = TinyModel.init(folder);
    Path data =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            """
            {"prompt": "a", "chosen": " b", "rejected": " c"}
            {"prompt": "a", "chosen": " b c", "rejected": " d"}
            """);
    String value = "return LossValue.of(c.logRatioMargin());";
    evalBad(
            model,
            data,
            "if (c.chosen().tokens() == 3) throw new RuntimeException(\"no\"); " + value)
        .refused(
            1,
            "row 1: the loss bad fails: java.lang.RuntimeException: no. It is mine.BadLoss in "
                + plugins
                + "/bad.jar.");
    evalBad(
            model,
            data,
            value.replace("argin()", "argin().times(Math.log(2.5 - c.chosen().tokens()))"))
        .refused(1, "The evaluation stops at row 1: the loss bad is NaN.");
  }

  private Outcome evalBad(Path model, Path data, String evaluation) throws IOException {
    jar("bad")
        .source("mine.BadLoss", LOSS_OF_PAIRS.formatted(evaluation))
        .service(LOSS, "mine.BadLoss$Factory")
        .write();
    return Outcome.of(
        "eval",
        "--plugins",
        plugins,
        "--model",
        model,
        "--reference",
        model,
        "--data",
        data,
        "--loss_type",
        "bad");
  }
}
