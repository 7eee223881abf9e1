package org.dpo4j.model;

import static org.dpo4j.model.ModelConfigTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.model.RotaryScaling.Dynamic;
import org.dpo4j.model.RotaryScaling.Linear;
import org.dpo4j.model.RotaryScaling.Llama3;
import org.dpo4j.model.RotaryScaling.Yarn;
import org.dpo4j.service.InputException;
import org.dpo4j.tensor.Rotary;
import org.dpo4j.testkit.TestExamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FIELD K07: old, new and nested forms, and what is at odds with itself. */
class RotaryConfigTest {
  private static RotaryConfig read(String keys) {
    return RotaryConfig.read(
        ModelConfig.parse("{\"max_position_embeddings\": 2048, " + keys + "}", "c"));
  }

  @Test
  void withoutScaling() {
    RotaryConfig plain = new RotaryConfig(500, new RotaryScaling.Default());
    assertEquals(plain, read("\"rope_theta\": 500"));
    assertEquals(plain, read("\"rope_theta\": 500.0, \"rope_scaling\": null"));
    assertEquals(
        plain, read("\"rope_parameters\": {\"rope_theta\": 500, \"rope_type\": \"default\"}"));
    assertEquals(plain, read("\"rope_parameters\": {\"rope_theta\": 500}"));
    assertEquals(10000, read("\"rope_scaling\": null").theta());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"rope_theta\": 500, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}",
        "\"rope_theta\": 500, \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2}",
        "\"rope_theta\": 500, \"rope_scaling\": {\"type\": \"linear\", \"rope_type\": \"linear\","
            + " \"factor\": 2.0}",
        "\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 2.0, \"rope_theta\": 500}",
        "\"rope_theta\": 500, \"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 2.0}",
      })
  void oldNewAndNestedFormsAreTheSame(String keys) {
    assertEquals(new RotaryConfig(500, new Linear(2)), read(keys));
  }

  @Test
  void llama3() {
    String llama3 =
        "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 1.0,"
            + " \"high_freq_factor\": 4.0%s}";
    assertEquals(
        new Llama3(8, 1, 4, 8192),
        read(llama3.formatted(", \"original_max_position_embeddings\": 8192")).scaling());
    assertEquals(
        new Llama3(8, 1, 4, 2048),
        read(llama3.formatted("")).scaling(),
        "transformers' default is max_position_embeddings");
  }

  @Test
  void yarnTakesItsDefaultsFromThePaper() {
    Yarn yarn =
        (Yarn)
            read("\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4.0,"
                    + " \"original_max_position_embeddings\": 512}")
                .scaling();
    assertEquals(new Yarn(4, 512, 0.1 * Math.log(4) + 1, 32, 1, true), yarn);
    Yarn all =
        (Yarn)
            read("\"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": 4.0, \"beta_fast\": 16,"
                    + " \"beta_slow\": 2, \"truncate\": false, \"mscale\": 2.0,"
                    + " \"mscale_all_dim\": 1.0, \"original_max_position_embeddings\": 512}")
                .scaling();
    double ratio = (0.2 * Math.log(4) + 1) / (0.1 * Math.log(4) + 1);
    assertEquals(new Yarn(4, 512, ratio, 16, 2, false), all);
    Yarn told =
        (Yarn)
            read("\"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": null,"
                    + " \"attention_factor\": 1.5, \"original_max_position_embeddings\": 512}")
                .scaling();
    assertEquals(new Yarn(2048 / 512.0, 512, 1.5, 32, 1, true), told);
  }

  @Test
  void keysThatDecideNothingPass() {
    assertEquals(
        new Linear(2),
        read("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2, \"finetuned\": true,"
                + " \"original_max_position_embeddings\": 512}")
            .scaling());
  }

  @Test
  void whatIsAtOddsWithItselfIsRefused() {
    assertRefused(
        "c, \"rope_scaling\": \"type\" is \"yarn\". Expected \"linear\", as \"rope_type\" says.",
        () ->
            read(
                "\"rope_scaling\": {\"type\": \"yarn\", \"rope_type\": \"linear\", \"factor\": 2}"));
    assertRefused(
        "c, \"rope_scaling\": rope_type \"spiral\" is not known. Expected default, linear, dynamic,"
            + " llama3 or yarn.",
        () -> read("\"rope_scaling\": {\"rope_type\": \"spiral\"}"));
    assertRefused(
        "c, \"rope_scaling\" has no \"factor\". Expected a number above 0.",
        () -> read("\"rope_scaling\": {\"type\": \"linear\"}"));
    assertRefused(
        "c, \"rope_parameters\": \"beta_fast\" is 2. Expected no such key beside rope_type"
            + " \"linear\".",
        () ->
            read(
                "\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 2, \"beta_fast\": 2}"));
    assertRefused(
        "c, \"rope_parameters\": \"partial_rotary_factor\" is 0.5. Expected 1: heads turn as a whole here.",
        () -> read("\"rope_parameters\": {\"partial_rotary_factor\": 0.5}"));
    InputException two =
        assertThrows(
            InputException.class,
            () ->
                read(
                    "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2},"
                        + " \"rope_parameters\": {\"type\": \"linear\", \"factor\": 4}"));
    assertTrue(two.getMessage().startsWith("c: \"rope_scaling\" is "), two.getMessage());
    InputException layers =
        assertThrows(
            InputException.class,
            () -> read("\"rope_parameters\": {\"full_attention\": {\"rope_theta\": 1}}"));
    assertTrue(layers.getMessage().contains("full_attention"), layers.getMessage());
  }

  @Test
  void frequencies() {
    double[] plain = {1, Math.pow(100, -0.5)}; // theta 100, 4 dims: 1 and 0.1
    assertArrayEquals(plain, new RotaryScaling.Default().frequencies(100, 4, 9), 1e-15);
    assertArrayEquals(new double[] {0.25, 0.025}, new Linear(4).frequencies(100, 4, 9), 1e-15);
    Dynamic dynamic = new Dynamic(2, 10);
    assertArrayEquals(plain, dynamic.frequencies(100, 4, 10), 1e-15);
    // theta x (2 x 15/10 - 1)^(4/2) = 400
    assertArrayEquals(new double[] {1, 1 / 20.0}, dynamic.frequencies(100, 4, 15), 1e-15);
    // turns over 10 positions: 10 / 2 pi = 1.59, and 0.159, below low: divided
    double turns = 10 / (2 * Math.PI);
    double kept = (turns - 1) / (4 - 1);
    assertArrayEquals(
        new double[] {(1 - kept) / 8 + kept, 0.1 / 8},
        new Llama3(8, 1, 4, 10).frequencies(100, 4, 9),
        1e-15);
    assertArrayEquals(plain, new Llama3(8, 0.01, 0.02, 10).frequencies(100, 4, 9), 1e-15);
    // the j that turns r times in 10 positions: 4 ln(10 / 2 pi r) / (2 ln 100); both below 0 or cut
    double high = 4 * Math.log(10 / (2 * Math.PI * 0.1)) / (2 * Math.log(100));
    double ramp = 1 / high;
    assertArrayEquals(
        new double[] {1, 0.1 / 4 * ramp + 0.1 * (1 - ramp)},
        new Yarn(4, 10, 1, 32, 0.1, false).frequencies(100, 4, 9),
        1e-15);
  }

  @Test
  void contexts() {
    assertEquals(2048, read("\"rope_theta\": 500").scaling().contextLength(2048));
    assertEquals(4096, new Linear(2).contextLength(2048));
    assertEquals(2048, new Llama3(8, 1, 4, 512).contextLength(2048));
    assertEquals(2048, new Yarn(4, 512, 1, 32, 1, true).contextLength(1024));
  }

  @Test
  void tablesFollowPositionsAndLengths() {
    Rotary rotary = new Rotary("r", 4);
    RotaryTables tables = new RotaryTables(rotary, 100, new Dynamic(2, 10));
    assertFalse(tables.scaling().dependsOnLength(10));
    // sequences of 15 and 7 tokens, their prompts apart; of 4 + 2 and 4 + 1
    TestExamples examples = new TestExamples(1, 9);
    TokenLayout layout =
        TokenLayout.of(
            List.of(examples.example(5, 10, 2), examples.example(4, 2, 1)), n -> n <= 10);
    double[] cos = tables.columns().get(rotary.cos()).apply(layout);
    double[] sin = tables.columns().get(rotary.sin()).apply(layout);
    int[] positions = layout.values(Index.POSITION);
    for (int t = 0; t < layout.length(Axis.TOKENS); t++) {
      double second = layout.sequenceLengths()[t] == 15 ? 1 / 20.0 : 1 / 10.0;
      assertEquals(Math.cos(positions[t]), cos[2 * t], 1e-15);
      assertEquals(Math.cos(positions[t] * second), cos[2 * t + 1], 1e-14);
      assertEquals(Math.sin(positions[t] * second), sin[2 * t + 1], 1e-14);
    }
  }
}
