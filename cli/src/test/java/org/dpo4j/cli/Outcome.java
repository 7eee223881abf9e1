package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a command left: exit code, standard output, standard error. */
record Outcome(int exitCode, String out, String err) {
  /** Runs a command in this JVM. */
  static Outcome of(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(stream(out), stream(err), false);
    String[] words = Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new);
    int exitCode = new Main(console, new Interruption(), false).run(words);
    return new Outcome(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  /** Done, and standard error silent on problems. */
  Outcome done() {
    assertEquals(0, exitCode, this::toString);
    return this;
  }

  /** Ended so, saying all of this on standard error and nothing on standard output. */
  Outcome refused(int expected, String... said) {
    assertEquals(expected, exitCode, this::toString);
    assertEquals("", out);
    for (String words : said) assertTrue(err.contains(words), words + " is missing in: " + err);
    return this;
  }
}
