package org.dpo4j.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.Tokenizer;
import org.dpo4j.tokenization.Tokenizers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the native library comes from and goes to. */
class NativeTokenizersTest {
  @TempDir Path directory;

  /** Runs in a JVM of its own: a library is loaded once. */
  static final class Encode {
    public static void main(String[] arguments) {
      try (Tokenizer tokenizer = Tokenizers.open(Path.of(arguments[0]))) {
        System.out.println(tokenizer.encode("a b", true));
      }
    }
  }

  @Test
  void unpacksWhereThePropertySays() throws Exception {
    Path natives = directory.resolve("natives");
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    assertEquals("[1, 3, 4]", encode(temporary, "-Ddpo4j.natives.dir=" + natives));
    assertEquals(1, libraries(natives));
    assertEquals(0, libraries(temporary));
  }

  @Test
  void unpacksAmongTemporaryFilesWhereTheHomeIsReadOnly() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    assertEquals("[1, 3, 4]", encode(temporary));
    assertEquals(1, libraries(temporary));
  }

  private String encode(Path temporary, String... options) throws Exception {
    ModelDirectory.write(directory, ModelDirectory.words());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add(
        "-Duser.home=" + directory.resolve("tokenizer.json").resolve("home")); // none can be
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Encode.class.getName(), directory.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("DJL_CACHE_DIR", "ENGINE_CACHE_DIR"));
    File said = directory.resolve("said.txt").toFile();
    Process process = builder.redirectError(said).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    assertEquals(0, process.exitValue(), () -> read(said.toPath()));
    return output.strip();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static long libraries(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(f -> f.endsWith(System.mapLibraryName("tokenizers"))).count();
    }
  }

  @Test
  void leavesSettingsAndContextClassLoaderAsTheyWere() throws IOException {
    ModelDirectory.write(directory, ModelDirectory.words());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    String offline = System.getProperty("ai.djl.offline");
    try {
      thread.setContextClassLoader(null);
      try (Tokenizer tokenizer = Tokenizers.open(directory)) {
        assertEquals(TokenIds.of(1, 3), tokenizer.encode("a", true));
      }
      assertEquals(null, thread.getContextClassLoader());
    } finally {
      thread.setContextClassLoader(before);
    }
    assertEquals(offline, System.getProperty("ai.djl.offline"));
  }

  @Test
  void missingLibraryNamesPlatformJarAndRemedy() {
    String message =
        NativeTokenizers.explained(
                new IllegalStateException("outer", new IllegalStateException("Unexpected flavor")))
            .getMessage();
    assertTrue(message.contains(System.getProperty("os.arch")), message);
    assertTrue(message.contains("Unexpected flavor"), message);
    assertTrue(message.contains("dpo4j.natives.dir"), message);
    String version = Engine.class.getPackage().getSpecificationVersion();
    assertTrue(message.contains("ai.djl.huggingface:tokenizers:" + version + ","), message);
  }
}
