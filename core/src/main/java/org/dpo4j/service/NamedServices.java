package org.dpo4j.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dpo4j.service.Discovery.Found;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plug-ins of one kind that are on the class path. Each is asked for its name when this is
 * made; nothing is remembered beyond this object, so a plug-in's class loader can go.
 *
 * <p>Looked for by the thread's context class loader if that sees the same SPI, else by the SPI's
 * own.
 *
 * <p>What is wrong with one never takes others down: a plug-in that is broken, or not whole, is
 * left out, and a name that two claim is refused when it is asked for. {@link #problems} names them
 * with their jars; they are logged as warnings too, and told again when a look-up fails.
 *
 * @param <S> the kind of plug-in
 */
public final class NamedServices<S extends NamedService> {
  private static final Logger log = LoggerFactory.getLogger(NamedServices.class);

  private final String kind;
  private final Map<String, String> artifacts;
  private final Map<String, List<Found<S>>> found;
  private final List<String> broken;

  private NamedServices(Class<S> spi, String kind, Map<String, String> artifacts) {
    this.kind = kind;
    this.artifacts = new TreeMap<>(artifacts);
    Discovery<S> discovery = new Discovery<>(spi);
    found = discovery.found();
    broken = discovery.broken();
    problems().forEach(log::warn);
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

  /**
   * The plug-in of that name.
   *
   * @throws InputException where there is none, or more than one: says what was asked, what is
   *     there, and what would bring it
   */
  public S get(String name) {
    List<Found<S>> these = found.get(name);
    if (these == null) throw new InputException(missing(name));
    if (jars(these).size() > 1) throw new InputException(claimedTwice(name, these));
    return these.get(0).service();
  }

  private static List<String> jars(List<? extends Found<?>> these) {
    return these.stream().flatMap(f -> f.jars().stream()).toList();
  }

  private String claimedTwice(String name, List<Found<S>> these) {
    return "The %s \"%s\" is there more than once: %s. Take all but one away."
        .formatted(kind, name, String.join(" and ", jars(these)));
  }

  /**
   * What a plug-in made, if that can be used.
   *
   * @param type what it should be
   * @throws InputException naming the plug-in and its jar, where it made nothing, or something that
   *     was built for another version and lacks a method
   */
  public static <T> T whole(NamedService by, Class<T> type, @Nullable T made) {
    String what = type.getSimpleName();
    if (made == null) throw new InputException("%s gives no %s.".formatted(where(by), what));
    try {
      Completeness.require(made.getClass(), type);
    } catch (LinkageError e) {
      throw new InputException(
          "The %s of %s cannot be used: %s.".formatted(what, where(by), Completeness.why(e)), e);
    }
    return made;
  }

  private static String where(NamedService service) {
    return "%s (%s)".formatted(service.name(), Origin.of(service.getClass()));
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
    return jars(these).stream()
        .map(jar -> jar.endsWith(".jar") ? jar.substring(jar.lastIndexOf('/') + 1) : jar)
        .collect(Collectors.joining(" and "));
  }

  /** Every plug-in that can be had by its name, sorted by that. */
  public List<S> all() {
    return found.values().stream()
        .filter(these -> jars(these).size() == 1)
        .map(these -> these.get(0).service())
        .toList();
  }

  /** The names that are there, sorted; those that are there twice once. */
  public List<String> names() {
    return List.copyOf(found.keySet());
  }

  /**
   * What cannot be used, in a sentence each that names the jar: what is broken, names claimed
   * twice.
   */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    broken.forEach(what -> problems.add("A %s cannot be used: %s.".formatted(kind, what)));
    found.forEach(
        (name, these) -> {
          if (jars(these).size() > 1) problems.add(claimedTwice(name, these));
        });
    return problems;
  }
}
