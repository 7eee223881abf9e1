package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive of classes that the launcher leaves and starts with, on this test's JVM and a program
 * of one class that tells its version.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is POSIX's")
class ClassArchiveTest {
  private static final Path LAUNCHER =
      Path.of("").toAbsolutePath().resolve("src/main/launcher/dpo4j");
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
  private static final FileTime BUILT = FileTime.fromMillis(1_700_000_000_000L);

  @TempDir Path folder;
  private Path lib;
  private Path launcher;

  @BeforeEach
  void assemble() throws IOException {
    assemble("program");
  }

  private void assemble(String directory) throws IOException {
    Path program = folder.resolve(directory);
    lib = Files.createDirectories(program.resolve("lib"));
    launcher = Files.createDirectories(program.resolve("bin")).resolve("dpo4j");
    Files.copy(LAUNCHER, launcher, StandardCopyOption.COPY_ATTRIBUTES);
    build("1");
  }

  /** Jars are equally old whenever they are built, and may be equally large. */
  private void build(String version) throws IOException {
    String source =
        """
        package org.dpo4j.cli;
        public final class Main {
          public static void main(String[] arguments) { System.out.println("%s"); }
        }
        """;
    Path jar = lib.resolve("dpo4j-cli.jar");
    new PluginJar(jar).source("org.dpo4j.cli.Main", source.formatted(version)).write();
    Files.setLastModifiedTime(jar, BUILT);
  }

  private Outcome run(Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(launcher.toString()).directory(folder.toFile());
    builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().put("JAVA_HOME", JAVA_HOME.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Outcome(process.exitValue(), out, err);
  }

  private void writeArchive() throws Exception {
    Outcome silent = run(Map.of("DPO4J_ARCHIVE", "write"));
    assertEquals("", silent.out() + silent.err());
  }

  private List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      return files.filter(file -> file.toString().contains(".jsa")).toList();
    }
  }

  /** Runs on a JVM; says that version and nothing else. True if the class came from an archive. */
  private boolean startsFromArchive(String version, Path javaHome) throws Exception {
    assertEquals(new Outcome(0, version + "\n", ""), run(Map.of("JAVA_HOME", javaHome.toString())));
    String log = "-Xlog:class+load:file=" + folder.resolve("loaded");
    run(Map.of("JAVA_HOME", javaHome.toString(), "DPO4J_JAVA_OPTS", log)).done();
    return Files.readString(folder.resolve("loaded"))
        .contains("org.dpo4j.cli.Main source: shared objects file");
  }

  private boolean startsFromArchive(String version) throws Exception {
    return startsFromArchive(version, JAVA_HOME);
  }

  @Test
  void laterRunsStartWithTheClassesOfTheFirst() throws Exception {
    assertEquals(false, startsFromArchive("1"));
    writeArchive();
    assertEquals(1, archives().size());
    assertEquals(true, startsFromArchive("1"));
  }

  @Test
  void otherClassesAreLoadedThoughTheirJarLooksTheSame() throws Exception {
    writeArchive();
    long size = Files.size(lib.resolve("dpo4j-cli.jar"));
    build("2");
    assertEquals(size, Files.size(lib.resolve("dpo4j-cli.jar")));
    assertEquals(false, startsFromArchive("2"));
  }

  @Test
  void amongOtherLibrariesItIsLeftAside() throws Exception {
    writeArchive();
    new PluginJar(lib.resolve("a-library.jar")).source("B", "class B {}").write();
    assertEquals(false, startsFromArchive("1"));
  }

  @Test
  void anotherJavaDoesWithout() throws Exception {
    writeArchive();
    Path other = Files.createDirectories(folder.resolve("other/bin"));
    Path java = other.resolve("java");
    Files.writeString(java, "#!/bin/sh\nexec '" + JAVA_HOME + "/bin/java' \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    String release = Files.readString(JAVA_HOME.resolve("release"));
    Files.writeString(folder.resolve("other/release"), release + "IMPLEMENTOR=\"Others\"\n");
    assertEquals(false, startsFromArchive("1", folder.resolve("other")));
  }

  @Test
  void oneThatIsNoneIsNotTold() throws Exception {
    writeArchive();
    Path archive = archives().get(0);
    Files.delete(archive);
    Files.writeString(archive, "no archive");
    assertEquals(false, startsFromArchive("1"));
  }

  /** Java 17 keeps no classes of jars whose path has a space. */
  @Test
  void aFolderWithASpaceIsNoObstacle() throws Exception {
    assemble("a program");
    writeArchive();
    assertEquals(1, archives().size());
    startsFromArchive("1");
  }

  @Test
  void aRunThatMakesNoneLeavesNothing() throws Exception {
    run(Map.of("DPO4J_ARCHIVE", "write", "DPO4J_JAVA_OPTS", "-Xshare:off"));
    assertEquals(List.of(), archives());
    assertEquals(false, startsFromArchive("1"));
  }

  @Test
  void whereNothingCanBeWrittenThereIsNone() throws Exception {
    Files.setPosixFilePermissions(lib, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(lib), "root writes anywhere");
      writeArchive();
      assertEquals(List.of(), archives());
      assertEquals(false, startsFromArchive("1"));
    } finally {
      Files.setPosixFilePermissions(lib, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
