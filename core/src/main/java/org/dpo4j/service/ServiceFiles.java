package org.dpo4j.service;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The {@code META-INF/services} files of one SPI, by the providers that they list. ServiceLoader
 * reads them too, but tells neither which jar lists a class that is missing, nor that a second jar
 * lists the same class.
 */
final class ServiceFiles {
  private final Map<String, TreeSet<String>> jarsOfProvider = new TreeMap<>();

  ServiceFiles(Class<?> spi, ClassLoader loader) {
    String file = "META-INF/services/" + spi.getName();
    try {
      for (URL url : Collections.list(loader.getResources(file))) {
        String location = url.toString();
        String jar = jar(location.substring(0, location.length() - file.length()));
        for (String provider : providers(url)) {
          jarsOfProvider.computeIfAbsent(provider, p -> new TreeSet<>()).add(jar);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private static List<String> providers(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false); // a cached jar would stay open after its class loader is gone
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .toList();
    }
  }

  /** The jars or folders that list a provider's class, sorted; several if it is there twice. */
  List<String> jars(String provider) {
    return List.copyOf(jarsOfProvider.getOrDefault(provider, new TreeSet<>()));
  }

  /** The jars that list a provider which an error's message is about. */
  List<String> jarsNamedIn(String message) {
    return jarsOfProvider.keySet().stream()
        .filter(provider -> message.contains(provider))
        .flatMap(provider -> jars(provider).stream())
        .distinct()
        .toList();
  }

  /** {@code jar:file:/lib/a.jar!/} and {@code file:/lib/a.jar} as {@code /lib/a.jar}. */
  static String jar(String location) {
    String path = location.startsWith("jar:") ? location.substring(4) : location;
    path = path.endsWith("!/") ? path.substring(0, path.length() - 2) : path;
    return path.startsWith("file:") ? path.substring(5) : path;
  }
}
