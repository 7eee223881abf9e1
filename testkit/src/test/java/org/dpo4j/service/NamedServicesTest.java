package org.dpo4j.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedServicesTest {
  private static final Map<String, String> KNOWN =
      Map.of("violet", "org.example:violet", "green", "org.example:green");

  @TempDir Path folder;

  /** A kind of plug-in. */
  public interface Colour extends NamedService {}

  /** A plug-in. */
  public static class Green implements Colour {
    @Override
    public String name() {
      return "green";
    }
  }

  /** Claims the same name. */
  public static class OtherGreen extends Green {}

  /** Another one. */
  public static class Blue implements Colour {
    @Override
    public String name() {
      return "blue";
    }
  }

  /** Cannot be made. */
  public static class Broken extends Blue {
    public Broken() {
      throw new IllegalStateException("no paint left");
    }
  }

  @Test
  void findsByNameAndListsInOrder() throws IOException {
    NamedServices<Colour> colours = colours(jar("a.jar", Green.class), jar("b.jar", Blue.class));
    assertEquals(Green.class, colours.get("green").getClass());
    assertEquals(List.of("blue", "green"), colours.names());
    assertEquals(List.of("blue", "green"), colours.all().stream().map(Colour::name).toList());
  }

  @Test
  void aKnownNameThatIsNotThereTellsItsArtifact() throws IOException {
    assertEquals(
        "There is no colour \"violet\" on the class path. org.example:violet brings it: add that"
            + " dependency. There is: green (a.jar). Could be added: violet (org.example:violet).",
        message(() -> coloursUnchecked("a.jar", Green.class).get("violet")));
  }

  @Test
  void aTypoGetsASuggestion() throws IOException {
    String message = message(() -> coloursUnchecked("a.jar", Green.class).get("grene"));
    assertTrue(message.contains("no colour \"grene\""), message);
    assertTrue(message.contains("Did you mean green?"), message);
  }

  @Test
  void aNameClaimedTwiceIsRefusedWithBothJarsAndTheOthersWork() throws IOException {
    NamedServices<Colour> colours =
        colours(jar("a.jar", Green.class), jar("b.jar", OtherGreen.class, Blue.class));
    String problem = message(() -> colours.get("green"));
    assertTrue(problem.contains(folder + "/a.jar and " + folder + "/b.jar"), problem);
    assertEquals(List.of(problem), colours.problems());
    assertEquals("blue", colours.get("blue").name());
    assertEquals(List.of("blue"), colours.all().stream().map(Colour::name).toList());
    assertEquals(List.of("blue", "green"), colours.names());
  }

  @Test
  void oneClassInTwoJarsIsADuplicateToo() throws IOException {
    NamedServices<Colour> colours = colours(jar("v1.jar", Green.class), jar("v2.jar", Green.class));
    String message = message(() -> colours.get("green"));
    assertTrue(message.contains("v1.jar") && message.contains("v2.jar"), message);
  }

  @Test
  void aPluginThatCannotBeMadeIsNamedWithItsJarAndTheOthersWork() throws IOException {
    NamedServices<Colour> colours =
        colours(jar("broken.jar", Broken.class), jar("good.jar", Blue.class));
    assertEquals(List.of("blue"), colours.names());
    String message = message(() -> colours.get("violet"));
    assertTrue(message.contains(Broken.class.getName() + " cannot be made"), message);
    assertTrue(message.contains("no paint left"), message);
    assertTrue(message.contains("/broken.jar)"), message);
  }

  @Test
  void aMissingClassIsNamedWithItsJarAndTheOthersWork() throws IOException {
    NamedServices<Colour> colours =
        colours(write("gone.jar", "org.example.Gone"), jar("good.jar", Blue.class));
    assertEquals(List.of("blue"), colours.names());
    String message = message(() -> colours.get("violet"));
    assertTrue(message.contains("org.example.Gone not found"), message);
    assertTrue(message.contains("/gone.jar)"), message);
  }

  /**
   * FIELD J02: an application server's thread may have no context class loader, or a foreign one.
   */
  @Test
  void withoutAUsableContextClassLoaderTheInterfacesOwnIsUsed() {
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    for (ClassLoader context : Arrays.asList(null, platform)) {
      assertEquals(
          List.of("own"),
          under(context, () -> NamedServices.of(Listed.class, "listed", Map.of()).names()));
    }
  }

  /** A kind of plug-in whose service file lies on the class path of these tests. */
  public interface Listed extends NamedService {}

  /** Its plug-in. */
  public static class Own implements Listed {
    @Override
    public String name() {
      return "own";
    }
  }

  private NamedServices<Colour> colours(Path... jars) throws IOException {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) urls[i] = jars[i].toUri().toURL();
    try (URLClassLoader loader = new URLClassLoader(urls, Colour.class.getClassLoader())) {
      return under(loader, () -> NamedServices.of(Colour.class, "colour", KNOWN));
    }
  }

  private NamedServices<Colour> coloursUnchecked(String jar, Class<?>... providers) {
    try {
      return colours(jar(jar, providers));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path jar(String name, Class<?>... providers) throws IOException {
    return write(name, Arrays.stream(providers).map(Class::getName).toArray(String[]::new));
  }

  /** A jar that holds nothing but a service file; the classes are these tests' own. */
  private Path write(String name, String... providers) throws IOException {
    Path jar = folder.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file)) {
      entries.putNextEntry(new JarEntry("META-INF/services/" + Colour.class.getName()));
      entries.write(String.join("\n", providers).getBytes(StandardCharsets.UTF_8));
      entries.closeEntry();
    }
    return jar;
  }

  private static <T> T under(ClassLoader context, Supplier<T> action) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(context);
    try {
      return action.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String message(org.junit.jupiter.api.function.Executable action) {
    return assertThrows(InputException.class, action).getMessage();
  }
}
