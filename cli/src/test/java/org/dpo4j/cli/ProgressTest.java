package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String said() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void linesComeWhenTheyAreDue() {
    try (Progress progress = new ProgressInLines(err)) {
      progress.update("step", 1, 4, "loss 0.693", false);
      progress.update("step", 2, 4, "loss 0.651", true);
      progress.update("scoring", 4, 4, "", true);
    }
    String end = System.lineSeparator();
    assertEquals("step 2/4  loss 0.651" + end + "scoring 4/4" + end, said());
  }

  @Test
  void aTerminalHasABarWithTheNewsForEachPhase() {
    try (Progress progress = new ProgressOnTerminal(err)) {
      progress.update("scoring", 3, 3, "", true);
      progress.update("step", 2, 4, "loss 0.651", false);
    }
    assertTrue(said().contains("scoring 3/3 "), said());
    assertTrue(said().contains("step 2/4 ") && said().contains("loss 0.651  0:00 left"), said());
  }

  @Test
  void theTimeThatIsLeftHasHoursWhereThereAreAny() {
    assertEquals("0:07 left", Progress.left(7.2));
    assertEquals("59:59 left", Progress.left(3599));
    assertEquals("1:03:12 left", Progress.left(3792));
  }
}
