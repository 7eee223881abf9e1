package org.dpo4j.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.dpo4j.service.InputException;
import org.jspecify.annotations.Nullable;

/**
 * The jars of {@code --plugins DIR}, for the thread that made this and those that it starts: their
 * class loader lies over the program's and is the thread's context class loader until this is
 * closed.
 */
final class PluginJars implements AutoCloseable {
  private static final String NAME = "plugins";

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final @Nullable URLClassLoader loader;

  private PluginJars(List<URL> jars) {
    loader =
        jars.isEmpty()
            ? null
            : new URLClassLoader(NAME, jars.toArray(new URL[0]), PluginJars.class.getClassLoader());
    if (loader != null) Thread.currentThread().setContextClassLoader(loader);
  }

  /**
   * Opens a directory's jars, in the order of their names.
   *
   * @param directory null: there are no more plug-ins than on the class path
   */
  static PluginJars in(@Nullable String directory, Problems problems) {
    List<URL> jars = new ArrayList<>();
    if (directory != null) {
      for (Path jar : jars(directory, problems)) {
        try (JarFile readable = new JarFile(jar.toFile())) {
          jars.add(new File(readable.getName()).toURI().toURL());
        } catch (IOException e) {
          problems.add("--plugins: %s is no jar that can be read: %s".formatted(jar, reason(e)));
        }
      }
    }
    return new PluginJars(jars);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static List<Path> jars(String directory, Problems problems) {
    Path folder = Path.of(directory);
    if (!Files.isDirectory(folder)) {
      problems.add(
          "--plugins %s %s, expected a directory that holds the plug-ins' jars."
              .formatted(folder, Files.exists(folder) ? "is no directory" : "does not exist"));
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      if (jars.isEmpty()) {
        problems.add("--plugins %s holds no *.jar.".formatted(folder));
      }
      return jars;
    } catch (IOException | UncheckedIOException e) {
      problems.add("--plugins %s cannot be read: %s".formatted(folder, e));
      return List.of();
    }
  }

  /** The plug-ins that cannot be used, of these jars or of the class path, each in a sentence. */
  List<String> broken() {
    return PluginKind.ALL.stream()
        .flatMap(kind -> kind.services().get().problems().stream())
        .toList();
  }

  /**
   * Does some work. What fails unexpectedly in a plug-in of these jars is told as its failure.
   *
   * @throws InputException naming the plug-in's class and jar
   */
  <T> T blameFor(Supplier<T> work) {
    try {
      return work.get();
    } catch (InputException | UsageException | CancellationException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      String culprit = culprit(e);
      if (culprit == null) throw e;
      throw new InputException(
          "%s failed: %s. DPO4J_DEBUG=1 shows where.".formatted(culprit, e), e);
    }
  }

  /** The class of a plug-in that was at work, the innermost one, and its jar. */
  private @Nullable String culprit(Throwable failure) {
    for (Throwable t = failure; t != null && loader != null; t = t.getCause()) {
      for (StackTraceElement frame : t.getStackTrace()) {
        if (!NAME.equals(frame.getClassLoaderName())) continue;
        String type = frame.getClassName();
        URL file = loader.findResource(type.replace('.', '/') + ".class");
        String jar = String.valueOf(file).replaceFirst("^jar:", "").replaceFirst("!/.*", "");
        String place = URI.create(jar).getPath();
        return "The plug-in %s (in %s)".formatted(type, place);
      }
    }
    return null;
  }

  @Override
  public void close() {
    if (loader == null) return;
    Thread.currentThread().setContextClassLoader(before);
    try {
      loader.close();
    } catch (IOException e) {
      throw new UncheckedIOException("The plug-ins' jars cannot be closed", e);
    }
  }
}
