package org.dpo4j.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two applications in one JVM, each with dpo4j in a class loader of its own (FIELD J02). Java loads
 * a native library for one class loader only, so engine and tokenizer belong into a common parent.
 */
class SiblingClassLoadersTest {
  /** The engine's and the tokenizer's jars, and the libraries that they need. */
  private static final Pattern NATIVE =
      Pattern.compile(".*[/\\\\](ai[/\\\\]djl|gson|jna|slf4j-|commons-|error_prone).*");

  @TempDir private Path directory;

  @Test
  void bothWorkOnEnginesOfTheirParentAndCanBeDropped() throws Exception {
    Map<Boolean, String> paths = classPath();
    List<String> lines = run("shared", paths.get(true), paths.get(false));

    List<String> results =
        lines.stream()
            .filter(l -> !l.startsWith("pinned"))
            .map(l -> l.substring(l.lastIndexOf(' ') + 1))
            .toList();
    assertEquals(9, results.size(), lines::toString);
    assertEquals(1, new HashSet<>(results).size(), () -> "unequal results: " + lines);
    assertTrue(Double.parseDouble(results.get(0)) < 0, lines::toString);
    assertEquals("pinned 0", lines.get(lines.size() - 1));
  }

  @Test
  void withEnginesOfTheirOwnTheSecondWorksOrSaysWhereTheJarsBelong() throws Exception {
    List<String> lines = run("separate", "", String.join(File.pathSeparator, classPath().values()));

    assertEquals(2, lines.size(), lines::toString);
    String first = lines.get(0);
    assertTrue(first.matches("first -\\d.*"), first);
    String second = lines.get(1);
    boolean works = second.equals(first.replace("first", "second"));
    boolean explains =
        second.matches("second stopped: .*InputException: .*[Mm]ove .*ai\\.djl.*parent.*");
    assertTrue(works || explains, second);
  }

  /** Native: the parent's; else each sibling's own. */
  private static Map<Boolean, String> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .collect(
            Collectors.partitioningBy(
                entry -> NATIVE.matcher(entry).matches(), Collectors.joining(File.pathSeparator)));
  }

  private List<String> run(String arrangement, String parentPath, String siblingPath)
      throws IOException, InterruptedException {
    Path harness = Path.of("target", "test-classes").toAbsolutePath();
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    Process server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A cache that the JVM may drop when it needs memory pins nothing.
                "-XX:SoftRefLRUPolicyMSPerMB=0",
                "-Xmx256m",
                "-cp",
                harness.toString(),
                SiblingClassLoaders.class.getName(),
                arrangement,
                parentPath,
                siblingPath)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      assertTrue(server.waitFor(5, TimeUnit.MINUTES), "the server had not ended after 5 minutes");
    } finally {
      server.destroyForcibly();
    }
    assertEquals(0, server.exitValue(), () -> "the server failed: " + text(errors) + text(output));
    return text(output).lines().toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
