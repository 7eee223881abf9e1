package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launchers, in a copy of the project's folders where "mvn" is a script that counts builds and
 * the program is one that says how it was called.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "these are POSIX's")
class LauncherTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();

  @TempDir Path root;
  private Path tools;

  @BeforeEach
  void makeProject() throws IOException {
    Files.copy(PROJECT.resolve("dpo4j"), root.resolve("dpo4j"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(root.resolve("pom.xml"), "");
    Files.createDirectories(root.resolve("core/src/main/java"));
    Files.writeString(root.resolve("core/pom.xml"), "");
    Files.writeString(root.resolve("core/src/main/java/A.java"), "");
    Path story = Files.createDirectories(root.resolve("examples/story/data"));
    Files.writeString(story.resolve("heldout.jsonl"), "{}\n");
    // sources are old: what is built now is newer
    for (String old : List.of("pom.xml", "core/pom.xml", "core/src/main/java/A.java")) age(old);
    for (String old : List.of("core/src/main/java", "core/src/main")) age(old);
    tools = Files.createDirectories(root.resolve("tools"));
    script(
        tools.resolve("mvn"),
        """
        echo built >> '%1$s/builds'
        echo "the build speaks"
        sleep 1
        mkdir -p '%1$s/cli/target/dpo4j/bin'
        printf '#!/bin/sh\\necho "ran $*"\\n' > '%1$s/cli/target/dpo4j/bin/dpo4j'
        echo '[ "$DPO4J_ARCHIVE" ] && echo "$DPO4J_ARCHIVE $*" >> "%1$s/archives"; exit 7' >> '%1$s/cli/target/dpo4j/bin/dpo4j'
        chmod +x '%1$s/cli/target/dpo4j/bin/dpo4j'
        """
            .formatted(root));
  }

  private void age(String file) throws IOException {
    Files.setLastModifiedTime(root.resolve(file), FileTime.from(Instant.now().minusSeconds(3600)));
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(Path directory, String path, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("PATH", path);
    return builder.start();
  }

  private Outcome run(Path directory, String... command) throws Exception {
    return outcome(start(directory, tools + ":" + System.getenv("PATH"), command));
  }

  private static Outcome outcome(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Outcome(process.exitValue(), out, err);
  }

  private long builds() throws IOException {
    return Files.readAllLines(root.resolve("builds")).size();
  }

  @Test
  void buildsOnceThenRunsFromAnywhereAndThroughLinks() throws Exception {
    Outcome first = run(root, "./dpo4j", "list", "two words");
    assertEquals(new Outcome(7, "ran list two words\n", first.err()), first);
    assertTrue(first.err().contains("the build speaks"), first.err());
    Path link = Files.createSymbolicLink(tools.resolve("link"), root.resolve("dpo4j"));
    Files.createSymbolicLink(tools.resolve("link-to-link"), Path.of("link"));
    Outcome second = run(Path.of("/"), link.resolveSibling("link-to-link").toString(), "x");
    assertEquals(new Outcome(7, "ran x\n", ""), second);
    assertEquals(1, builds());
    List<String> archives = Files.readAllLines(root.resolve("archives"));
    assertEquals(1, archives.size(), "each build leaves its classes once, by a training");
    assertTrue(archives.get(0).startsWith("write train --model "), archives.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pom.xml", "core/pom.xml", "core/src/main/java/A.java"})
  void buildsAgainWhereASourceIsNewerOrGone(String source) throws Exception {
    run(root, "./dpo4j");
    TimeUnit.MILLISECONDS.sleep(20);
    Files.setLastModifiedTime(root.resolve(source), FileTime.from(Instant.now()));
    run(root, "./dpo4j");
    assertEquals(2, builds());
    run(root, "./dpo4j");
    assertEquals(2, builds());
    Files.delete(root.resolve("core/src/main/java/A.java"));
    run(root, "./dpo4j");
    assertEquals(3, builds());
  }

  @Test
  void ofTwoStartsOneBuilds() throws Exception {
    String path = tools + ":" + System.getenv("PATH");
    Process one = start(root, path, "./dpo4j", "one");
    Process two = start(root, path, "./dpo4j", "two");
    assertEquals("ran one\n", outcome(one).out());
    assertEquals("ran two\n", outcome(two).out());
    assertEquals(1, builds());
  }

  /** Where there is no flock, as on macOS; and a lock that a killed start left is no obstacle. */
  @Test
  void withoutFlockALinkIsTheLock() throws Exception {
    List<String> needed =
        List.of("cat chmod dirname find head ln mkdir mv readlink rm sleep".split(" ", -1));
    for (String tool : needed) {
      String real = Files.exists(Path.of("/bin", tool)) ? "/bin/" : "/usr/bin/";
      script(tools.resolve(tool), "exec " + real + tool + " \"$@\"");
    }
    Files.createDirectories(root.resolve("cli/target"));
    Files.createSymbolicLink(root.resolve("cli/target/.dpo4j.lock.holder"), Path.of("999999999"));
    Process one = start(root, tools.toString(), "./dpo4j", "one");
    Process two = start(root, tools.toString(), "./dpo4j", "two");
    assertEquals("ran one\n", outcome(one).out());
    assertEquals("ran two\n", outcome(two).out());
    assertEquals(1, builds());
  }

  @Test
  void aBuildThatFailsIsToldAndTriedAgain() throws Exception {
    script(tools.resolve("mvn"), "echo broken; exit 1");
    Outcome failed = run(root, "./dpo4j", "list");
    failed.refused(1, "broken", "dpo4j: the build failed");
  }

  private Path launcher() throws IOException {
    Path bin = Files.createDirectories(root.resolve("program/bin"));
    return Files.copy(
        PROJECT.resolve("cli/src/main/launcher/dpo4j"),
        bin.resolve("dpo4j"),
        StandardCopyOption.COPY_ATTRIBUTES);
  }

  /** What fits an engine's memory; what a user has set stays. */
  @ParameterizedTest
  @CsvSource({
    "train --backend djl, 4194304, ''",
    "train --beta 0.1 --backend tensorflow, 65536, 2",
    "train --backend=tensorflow --beta 0.1, 65536, 2",
    "train --config tensorflow.yaml, 65536, 2",
    "train --config=tensorflow.yaml --beta 0.1, 65536, 2",
    "train --config tensorflow.yaml --backend djl, 4194304, ''",
    "train --config djl.yaml, 4194304, ''",
    "train --config none.yaml, 4194304, ''",
    "train --model tensorflow, 4194304, ''",
    "score --backend tensorflow, '', ''",
    "MALLOC_ARENA_MAX=7 train --backend tensorflow, 65536, 7",
    "MALLOC_MMAP_THRESHOLD_=9 train --backend djl, 9, ''"
  })
  void aTrainingGivesFreedMemoryBack(String command, String threshold, String arenas)
      throws Exception {
    Path jdk = Files.createDirectories(root.resolve("jdk/bin"));
    Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"17\"\n");
    script(jdk.resolve("java"), "echo \"$MALLOC_MMAP_THRESHOLD_ $MALLOC_ARENA_MAX\"");
    Files.writeString(root.resolve("tensorflow.yaml"), "beta: 0.1\nbackend: tensorflow\n");
    Files.writeString(root.resolve("djl.yaml"), "# backend: tensorflow\nbackend: \"djl\"\n");
    List<String> words = new ArrayList<>(List.of("env", "-u", "MALLOC_MMAP_THRESHOLD_"));
    words.addAll(List.of("-u", "MALLOC_ARENA_MAX", "JAVA_HOME=" + root.resolve("jdk")));
    for (String word : command.split(" ", -1)) {
      if (word.equals("train") || word.equals("score")) words.add(launcher().toString());
      words.add(word);
    }
    Outcome told = run(root, words.toArray(String[]::new));
    assertEquals(threshold + " " + arenas + "\n", told.out());
  }

  @Test
  void theProgramSaysWhichJavaItNeeds() throws Exception {
    Path launcher = launcher();
    Path old = Files.createDirectories(root.resolve("jdk-11/bin"));
    script(old.resolve("java"), "echo never run");
    Files.writeString(root.resolve("jdk-11/release"), "JAVA_VERSION=\"11.0.2\"\n");
    run(root, "env", "JAVA_HOME=" + root.resolve("jdk-11"), launcher.toString())
        .refused(1, "is Java 11; dpo4j needs 17 or later");
    run(root, "env", "JAVA_HOME=" + root, launcher.toString())
        .refused(1, "JAVA_HOME is " + root, "17 or later");
    Files.writeString(root.resolve("jdk-11/release"), "JAVA_VERSION=\"25\"\n");
    script(old.resolve("java"), "echo \"$@\"");
    Outcome run =
        run(
            root,
            "env",
            "JAVA_HOME=" + root.resolve("jdk-11"),
            "DPO4J_JAVA_OPTS=-Xmx1g",
            launcher + "",
            "list");
    assertTrue(
        run.done()
            .out()
            .contains(
                " -XX:TieredStopAtLevel=1 -Xmx1g -cp " + root.toRealPath() + "/program/lib/* "),
        run.out());
    assertTrue(run.out().contains(" -Xmx512m "), run.out());
    assertTrue(run.out().contains("--enable-native-access=ALL-UNNAMED"), run.out());
    assertTrue(run.out().endsWith("org.dpo4j.cli.Main list\n"), run.out());
  }
}
