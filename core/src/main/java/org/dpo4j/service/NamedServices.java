package org.dpo4j.service;

import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Spliterator;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plug-ins of one kind that are on the class path. Each is asked for its name when this is
 * made; nothing is remembered beyond this object, so a plug-in's class loader can go.
 *
 * <p>Looked for by the thread's context class loader if that sees the same SPI, else by the SPI's
 * own.
 *
 * <p>A name that two plug-ins claim is refused when it is asked for, and by {@link #all}; the
 * others stay usable. A plug-in that cannot be loaded is logged as a warning with its jar, and told
 * again when a look-up fails.
 *
 * @param <S> the kind of plug-in
 */
public final class NamedServices<S extends NamedService> {
  private static final Logger log = LoggerFactory.getLogger(NamedServices.class);

  private final String kind;
  private final Map<String, String> artifacts;
  private final Map<String, List<Found<S>>> found = new TreeMap<>();
  private final List<String> broken = new ArrayList<>();

  /** A plug-in and the jars (or folders of classes) that bring it. */
  private record Found<S>(S service, List<String> jars) {}

  private NamedServices(Class<S> spi, String kind, Map<String, String> artifacts) {
    this.kind = kind;
    this.artifacts = new TreeMap<>(artifacts);
    ClassLoader loader = loader(spi);
    ServiceFiles files = new ServiceFiles(spi, loader);
    Spliterator<ServiceLoader.Provider<S>> providers =
        ServiceLoader.load(spi, loader).stream().spliterator();
    boolean more = true;
    while (more) {
      try {
        more = providers.tryAdvance(provider -> add(provider, files));
      } catch (ServiceConfigurationError | LinkageError e) {
        broken(e.getMessage() + cause(e), files.jarsNamedIn(String.valueOf(e.getMessage())));
      }
    }
  }

  /**
   * Looks for plug-ins.
   *
   * @param spi the interface that they implement
   * @param kind what people call one of them: {@code backend}
   * @param artifacts of names that this project knows, the Maven coordinates that bring them,
   *     whether they are here or not
   */
  public static <S extends NamedService> NamedServices<S> of(
      Class<S> spi, String kind, Map<String, String> artifacts) {
    return new NamedServices<>(spi, kind, artifacts);
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

  private void add(ServiceLoader.Provider<S> provider, ServiceFiles files) {
    Class<?> type = provider.type();
    List<String> jars = files.jars(type.getName());
    if (jars.isEmpty()) jars = List.of(jar(type));
    try {
      S service = provider.get();
      String name = service.name();
      found.computeIfAbsent(name, n -> new ArrayList<>()).add(new Found<>(service, jars));
      log.debug("{} {}: {}, version {}, {}", kind, name, type.getName(), version(type), jars);
    } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
      broken(type.getName() + " cannot be made" + cause(e), jars);
    }
  }

  private void broken(String what, List<String> jars) {
    String message = what + (jars.isEmpty() ? "" : " (in " + String.join(", ", jars) + ")");
    broken.add(message);
    log.warn("A {} cannot be loaded: {}", kind, message);
  }

  private static String cause(Throwable e) {
    Throwable root = e.getCause() == null ? e : e.getCause();
    return root instanceof ServiceConfigurationError ? "" : ": " + root;
  }

  private static String jar(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null
        ? "module " + type.getModule().getName()
        : ServiceFiles.jar(source.getLocation().toString());
  }

  private static String version(Class<?> type) {
    String version = type.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  /**
   * The plug-in of that name.
   *
   * @throws InputException where there is none, or more than one: says what was asked, what is
   *     there, and what would bring it
   */
  public S get(String name) {
    List<Found<S>> these = found.get(name);
    if (these == null) throw new InputException(missing(name));
    return only(name, these);
  }

  private S only(String name, List<Found<S>> these) {
    List<String> jars = these.stream().flatMap(f -> f.jars().stream()).toList();
    if (jars.size() > 1) {
      throw new InputException(
          "The %s \"%s\" is there more than once: %s. Take all but one off the class path."
              .formatted(kind, name, String.join(" and ", jars)));
    }
    return these.get(0).service();
  }

  private String missing(String name) {
    TreeSet<String> known = new TreeSet<>(artifacts.keySet());
    known.addAll(found.keySet());
    StringBuilder message =
        new StringBuilder("There is no %s \"%s\" on the class path.".formatted(kind, name));
    String artifact = artifacts.get(name);
    if (artifact != null) {
      message.append(" %s brings it: add that dependency.".formatted(artifact));
    } else {
      message.append(Spelling.suggestion(name, known));
    }
    return message.append(" ").append(inventory()).toString();
  }

  /** What is there with its jar, what could be added, what is broken: sentences for errors. */
  public String inventory() {
    String here =
        found.isEmpty()
            ? "None is there."
            : found.entrySet().stream()
                .map(e -> e.getKey() + " (" + jarNames(e.getValue()) + ")")
                .collect(Collectors.joining(", ", "There is: ", "."));
    String others =
        artifacts.entrySet().stream()
            .filter(e -> !found.containsKey(e.getKey()))
            .map(e -> e.getKey() + " (" + e.getValue() + ")")
            .collect(Collectors.joining(", "));
    return here
        + (others.isEmpty() ? "" : " Could be added: " + others + ".")
        + (broken.isEmpty() ? "" : " Cannot be loaded: " + String.join("; ", broken) + ".");
  }

  private static String jarNames(List<? extends Found<?>> these) {
    return these.stream()
        .flatMap(f -> f.jars().stream())
        .map(jar -> jar.endsWith(".jar") ? jar.substring(jar.lastIndexOf('/') + 1) : jar)
        .collect(Collectors.joining(" and "));
  }

  /**
   * Every plug-in that can be loaded, sorted by name.
   *
   * @throws InputException where two claim one name
   */
  public List<S> all() {
    return found.entrySet().stream().map(e -> only(e.getKey(), e.getValue())).toList();
  }

  /** The names that are there, sorted; those that are there twice once. */
  public List<String> names() {
    return List.copyOf(found.keySet());
  }
}
