package org.dpo4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.dpo4j.service.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ModelConfigTest {
  private static ModelConfig config(String json) {
    return ModelConfig.parse(json, "dir/config.json");
  }

  static void assertRefused(String message, Executable action) {
    assertEquals(message, assertThrows(InputException.class, action).getMessage());
  }

  @Test
  void readsValuesOfEveryKind() {
    ModelConfig c =
        config(
            """
            {"n": 3, "whole": 4096.0, "x": 1e-6, "yes": true, "t": "a text", "nothing": null,
             "inner": {"m": 2}}
            """);
    assertEquals(3, c.count("n"));
    assertEquals(4096, c.count("whole"));
    assertEquals(7, c.count("nothing", 7));
    assertEquals(1e-6, c.positive("x"));
    assertEquals(0.5, c.positive("absent", 0.5));
    assertTrue(c.flag("yes", false));
    assertFalse(c.flag("nothing", false));
    assertEquals("a text", c.text("t"));
    assertEquals(2, Objects.requireNonNull(c.section("inner")).count("m"));
    assertNull(c.section("absent"));
  }

  @Test
  void namesFileKeyAndExpectation() {
    ModelConfig c =
        config("{\"zero\": 0, \"half\": 0.5, \"big\": 3e9, \"t\": \"3\", \"inner\": {\"m\": []}}");
    assertRefused(
        "dir/config.json has no \"n\". Expected a whole number from 1 on.", () -> c.count("n"));
    assertRefused(
        "dir/config.json: \"zero\" is 0. Expected a whole number from 1 on.",
        () -> c.count("zero"));
    assertRefused(
        "dir/config.json: \"half\" is 0.5. Expected a whole number from 1 on.",
        () -> c.count("half"));
    assertThrows(InputException.class, () -> c.count("big"));
    assertRefused(
        "dir/config.json: \"t\" is \"3\". Expected a whole number from 1 on.", () -> c.count("t"));
    assertRefused(
        "dir/config.json: \"zero\" is 0. Expected a number above 0.", () -> c.positive("zero"));
    assertRefused(
        "dir/config.json: \"zero\" is 0. Expected true or false.", () -> c.flag("zero", true));
    assertRefused("dir/config.json: \"zero\" is 0. Expected a text.", () -> c.text("zero"));
    assertRefused("dir/config.json: \"t\" is \"3\". Expected an object.", () -> c.section("t"));
    ModelConfig inner = Objects.requireNonNull(c.section("inner"));
    assertRefused(
        "dir/config.json, \"inner\": \"m\" is []. Expected a text.", () -> inner.text("m"));
  }

  @Test
  void refusesWhatIsNoJsonObject() {
    assertRefused("dir/config.json holds no JSON object.", () -> config("[1]"));
    assertRefused("dir/config.json holds no JSON object.", () -> config(""));
    InputException broken = assertThrows(InputException.class, () -> config("{\"a\": "));
    assertTrue(broken.getMessage().startsWith("dir/config.json is not valid JSON: Unexpected"));
    InputException twice = assertThrows(InputException.class, () -> config("{\"a\":1,\"a\":2}"));
    assertTrue(twice.getMessage().contains("Duplicate field 'a'"), twice.getMessage());
    Path absent = Path.of("absent", "config.json");
    assertRefused(
        absent + " is missing. Expected the config.json of a HuggingFace model directory.",
        () -> ModelConfig.read(absent));
  }

  @Test
  void remembersWhatNobodyAskedFor() {
    ModelConfig c =
        config(
            """
            {"asked": 1, "told": "x", "list": [1], "n": 2, "yes": true,
             "nothing": null, "no": false, "empty": "", "emptyList": [], "zero": 0.0}
            """);
    c.count("asked");
    assertEquals(Map.of("told", "\"x\"", "list", "[1]", "n", "2", "yes", "true"), c.unread());
  }
}
