package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A plug-in's jar as somebody else would build it: compiled against what is on the class path. */
final class PluginJar {
  private final Path jar;
  private final Map<String, String> sources = new TreeMap<>();
  private final Set<String> leftOut = new HashSet<>();
  private final Map<String, byte[]> files = new TreeMap<>();
  private int classVersion;

  PluginJar(Path jar) {
    this.jar = jar;
  }

  /** Adds a class by its source. */
  PluginJar source(String type, String text) {
    sources.put(type, text);
    return this;
  }

  /** A class that is there when this is compiled, and not in the jar. */
  PluginJar compiledAgainst(String type, String text) {
    leftOut.add(type.replace('.', '/') + ".class");
    return source(type, text);
  }

  /** The lines of {@code META-INF/services} for an interface. */
  PluginJar service(Class<?> spi, String lines) {
    files.put("META-INF/services/" + spi.getName(), lines.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** As if compiled for a Java that comes later. */
  PluginJar classVersion(int major) {
    classVersion = major;
    return this;
  }

  /** Compiles and writes it. */
  Path write() throws IOException {
    Path classes = Files.createTempDirectory(jar.getParent(), "classes");
    if (!sources.isEmpty()) compile(classes);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file);
        Stream<Path> compiled = Files.walk(classes)) {
      for (Path type : compiled.filter(Files::isRegularFile).toList()) {
        String name = classes.relativize(type).toString().replace('\\', '/');
        byte[] bytes = Files.readAllBytes(type);
        if (classVersion != 0) bytes[7] = (byte) classVersion;
        if (!leftOut.contains(name)) files.put(name, bytes);
      }
      for (Map.Entry<String, byte[]> entry : files.entrySet()) {
        entries.putNextEntry(new JarEntry(entry.getKey()));
        entries.write(entry.getValue());
        entries.closeEntry();
      }
    }
    return jar;
  }

  private void compile(Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    List<JavaFileObject> units = new ArrayList<>();
    sources.forEach((type, text) -> units.add(new Source(type, text)));
    List<String> options =
        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    boolean done = compiler.getTask(new StringWriter(), null, said, options, null, units).call();
    assertTrue(done, () -> said.getDiagnostics().toString());
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String type, String text) {
      super(URI.create("string:///" + type.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
