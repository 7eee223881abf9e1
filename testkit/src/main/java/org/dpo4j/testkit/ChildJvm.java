package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own with this one's class path, for what only shows there, or may end it. */
public final class ChildJvm {
  private ChildJvm() {}

  /**
   * How a program ended.
   *
   * @param output all that it wrote, errors too
   */
  public record Ended(int status, String output) {
    /** What it wrote, after it ended well. */
    public String well() {
      assertEquals(0, status, output);
      return output;
    }

    /** The last line of what it wrote, after it ended well. */
    public String lastLine() {
      return well().strip().lines().reduce((first, second) -> second).orElse("");
    }
  }

  /**
   * Runs a class's {@code main} to its end, ten minutes at most.
   *
   * @param folder its working directory, where its output is kept meanwhile
   * @param jvmOptions {@code -Xmx40m} say
   */
  public static Ended run(
      Path folder, List<String> jvmOptions, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(10, TimeUnit.MINUTES);
      String told = Files.readString(output, Charset.defaultCharset());
      assertTrue(ended, () -> program.getName() + " has not ended: " + told);
      return new Ended(process.exitValue(), told);
    } finally {
      process.destroyForcibly();
    }
  }
}
