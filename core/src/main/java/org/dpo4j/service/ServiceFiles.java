package org.dpo4j.service;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The {@code META-INF/services} files of one SPI, by the providers that they list. ServiceLoader
 * reads them too, but tells neither which jar lists a class that is missing, nor that a second jar
 * lists the same class.
 */
final class ServiceFiles {
  private final Map<String, TreeSet<String>> jarsOfProvider = new TreeMap<>();
  private final Map<String, String> jarsOfLocation = new TreeMap<>();
  private final ClassLoader loader;
  private final String spi;

  ServiceFiles(Class<?> spi, ClassLoader loader) {
    this.loader = loader;
    this.spi = spi.getName();
    String file = "META-INF/services/" + spi.getName();
    try {
      for (URL url : Collections.list(loader.getResources(file))) {
        String location = url.toString();
        location = location.substring(0, location.length() - file.length());
        String jar = jar(location);
        jarsOfLocation.put(location, jar);
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

  /** The jars of files and providers that an error's message is about. */
  List<String> jarsNamedIn(String message) {
    Set<String> jars = new TreeSet<>();
    jarsOfLocation.forEach(
        (location, jar) -> {
          if (message.contains(location)) jars.add(jar);
        });
    jarsOfProvider.forEach(
        (provider, its) -> {
          if (containsWord(message, provider)) jars.addAll(its);
        });
    return List.copyOf(jars);
  }

  /** An error's message without the interface, which people know, and the jars, told apart. */
  String shortened(String message) {
    String rest = message.replace(spi + ": ", "");
    for (String location : jarsOfLocation.keySet()) rest = rest.replace(location, "");
    return rest;
  }

  private static boolean containsWord(String text, String word) {
    return Pattern.compile("(?<![\\w.$])" + Pattern.quote(word) + "(?![\\w.$])")
        .matcher(text)
        .find();
  }

  /** The providers whose classes cannot be loaded for the same reason. */
  List<String> providersThatFailWith(LinkageError error) {
    return jarsOfProvider.keySet().stream().filter(p -> failsWith(p, error)).toList();
  }

  private boolean failsWith(String provider, LinkageError error) {
    try {
      Class.forName(provider, false, loader);
      return false;
    } catch (ClassNotFoundException e) {
      return false;
    } catch (LinkageError e) {
      return e.toString().equals(error.toString());
    }
  }

  /** {@code jar:file:/lib/a.jar!/} and {@code file:/lib/a.jar} as {@code /lib/a.jar}. */
  static String jar(String location) {
    String path = location.startsWith("jar:") ? location.substring(4) : location;
    path = path.endsWith("!/") ? path.substring(0, path.length() - 2) : path;
    return path.startsWith("file:") ? URI.create(path).getPath() : path;
  }
}
