package org.dpo4j.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Spliterator;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One search for the plug-ins of a kind. Each is made and asked for its name; what cannot be used
 * is told with its jar and left out.
 */
final class Discovery<S extends NamedService> {
  private static final Logger log = LoggerFactory.getLogger(Discovery.class);

  private final Class<S> spi;
  private final ServiceFiles files;
  private final Map<String, List<Found<S>>> found = new TreeMap<>();
  private final List<String> broken = new ArrayList<>();

  /** A plug-in and the jars (or folders of classes) that bring it. */
  record Found<S>(S service, List<String> jars) {}

  Discovery(Class<S> spi) {
    this.spi = spi;
    ClassLoader loader = loader(spi);
    files = new ServiceFiles(spi, loader);
    Spliterator<ServiceLoader.Provider<S>> providers =
        ServiceLoader.load(spi, loader).stream().spliterator();
    boolean more = true;
    while (more) {
      try {
        more = providers.tryAdvance(this::make);
      } catch (ServiceConfigurationError e) {
        String what = String.valueOf(e.getMessage());
        broken(files.shortened(what) + cause(e), files.jarsNamedIn(what));
      } catch (LinkageError e) { // doesn't say whose
        List<String> types = files.providersThatFailWith(e);
        broken(
            "%s cannot be loaded: %s".formatted(String.join(", ", types), Completeness.why(e)),
            types.stream().flatMap(type -> files.jars(type).stream()).distinct().toList());
      }
    }
  }

  private static ClassLoader loader(Class<?> spi) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    try {
      if (context != null && Class.forName(spi.getName(), false, context) == spi) return context;
    } catch (ClassNotFoundException e) {
      log.debug("The context class loader {} does not see {}", context, spi.getName());
    }
    return spi.getClassLoader();
  }

  private void make(ServiceLoader.Provider<S> provider) {
    Class<?> type = provider.type();
    List<String> jars = files.jars(type.getName());
    if (jars.isEmpty()) jars = List.of(Origin.jar(type));
    try {
      Completeness.require(type, spi);
      S service = provider.get();
      String name = service.name();
      if (name == null || name.isBlank()) { // NullAway doesn't see what others write
        broken(type.getName() + " has no name", jars);
        return;
      }
      found.computeIfAbsent(name, n -> new ArrayList<>()).add(new Found<>(service, jars));
      log.debug("{} {}: {}, version {}, {}", spi, name, type.getName(), version(type), jars);
    } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
      broken(type.getName() + " cannot be made" + cause(e), jars);
    }
  }

  private void broken(String what, List<String> jars) {
    broken.add(what + (jars.isEmpty() ? "" : " (in " + String.join(", ", jars) + ")"));
  }

  private static String cause(Throwable e) {
    Throwable root = e.getCause() == null ? e : e.getCause();
    return root instanceof ServiceConfigurationError ? "" : ": " + Completeness.why(root);
  }

  private static String version(Class<?> type) {
    String version = type.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  /** What can be used, by name; several where they claim one name. */
  Map<String, List<Found<S>>> found() {
    return found;
  }

  /** What cannot be used and why, with its jar. */
  List<String> broken() {
    return broken;
  }
}
