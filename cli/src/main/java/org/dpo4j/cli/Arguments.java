package org.dpo4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What was written after a command's name and in its configuration file, sorted out before picocli
 * reads it: dashes in names become underscores, lists by spaces become lists by commas, the command
 * line beats the file, and what is unknown, refused, given twice or too much becomes a problem
 * instead of an exception at the first.
 */
final class Arguments {
  /** Options that say something about this one command line. */
  private static final Set<String> NOT_IN_A_FILE = Set.of("--help", "--config");

  private final List<String> positional = new ArrayList<>();
  private final Map<OptionSpec, String> accepted = new LinkedHashMap<>();
  private final Map<String, String> pluginOptions = new LinkedHashMap<>();
  private final Map<String, String> origins = new TreeMap<>();
  private final CommandSpec command;
  private final Problems problems;

  Arguments(CommandSpec command, Problems problems) {
    this.command = command;
    this.problems = problems;
  }

  /** Takes the words of the command line. */
  void onCommandLine(List<String> written) {
    Set<Object> seen = new HashSet<>();
    // words by themselves come after one value: list --plugins DIR losses
    int most = command.positionalParameters().isEmpty() ? Integer.MAX_VALUE : 1;
    int i = 0;
    while (i < written.size()) {
      String word = written.get(i++);
      if (!isOption(word)) {
        positional(word);
        continue;
      }
      int equals = word.indexOf('=');
      List<String> values = new ArrayList<>();
      if (equals >= 0) values.add(word.substring(equals + 1));
      while (i < written.size() && !isOption(written.get(i)) && values.size() < most) {
        values.add(written.get(i++));
      }
      String name = equals < 0 ? word : word.substring(0, equals);
      option("", name, name.startsWith("--") ? underscores(name) : name, values, seen, Set.of());
    }
  }

  /**
   * Takes the options of a file, but for those that the command line has. To be called after {@link
   * #onCommandLine}.
   */
  void inFile(Path file, List<ConfigFile.Entry> entries) {
    Set<Object> onCommandLine = new HashSet<>(accepted.keySet());
    onCommandLine.addAll(pluginOptions.keySet());
    Set<Object> seen = new HashSet<>();
    for (ConfigFile.Entry entry : entries) {
      String place = "%s, line %d".formatted(file, entry.line());
      String name = underscores("--" + entry.key());
      if (NOT_IN_A_FILE.contains(name)) {
        problems.add("%s: %s belongs on the command line.".formatted(place, entry.key()));
        continue;
      }
      // max_length and the like have a word for nothing
      boolean none = entry.values().isEmpty() && takesNone(command.findOption(name));
      List<String> values = none ? List.of("none") : entry.values();
      if (values.isEmpty()) values = List.of("");
      option(place + ": ", entry.key(), name, values, seen, onCommandLine);
      problems.setIn(name, place);
    }
  }

  private static boolean takesNone(@Nullable OptionSpec option) {
    return option != null && option.paramLabel().endsWith("|none");
  }

  private static String underscores(String name) {
    return "--" + name.substring(2).replace('-', '_');
  }

  /** {@code --name}, {@code -h}; but {@code -0.5} is a value. */
  private static boolean isOption(String word) {
    return word.matches("--.*|-[A-Za-z].*");
  }

  private void positional(String word) {
    if (command.positionalParameters().isEmpty()) {
      problems.add("\"%s\" is not expected: an option begins with --.".formatted(word));
    } else {
      positional.add(word);
    }
  }

  /**
   * Takes an option.
   *
   * @param place before what is said of it
   * @param written its name, for people
   * @param name with two dashes and underscores
   * @param seen options of the same source; this one is added
   * @param stronger options of a source that beats this one
   */
  private void option(
      String place,
      String written,
      String name,
      List<String> values,
      Set<Object> seen,
      Set<Object> stronger) {
    OptionSpec option = command.findOption(name);
    boolean ofPlugin = option == null && name.indexOf('.') > 0 && takesPluginOptions();
    if (option == null && !ofPlugin) {
      problems.add(place + NotInThisVersion.whyNotAnOption(written, name, command));
      return;
    }
    Object key = ofPlugin ? name.substring(2) : option;
    String told = place + (place.isEmpty() ? name : written);
    if (!seen.add(key)) {
      problems.add(place + twice(option, place.isEmpty() ? name : written));
    } else if (values.stream().anyMatch(String::isBlank)) {
      problems.add(told + " is given nothing.");
    } else if (ofPlugin ? values.size() != 1 : tooMany(option, values)) {
      problems.add(
          "%s takes %s, not %s."
              .formatted(
                  told,
                  option != null && option.arity().max() == 0 ? "no value" : "one value",
                  values.isEmpty() ? "none" : String.join(" ", values)));
    } else if (!stronger.contains(key)) {
      String value = String.join(",", values);
      if (option == null) {
        pluginOptions.put(name.substring(2), value);
      } else {
        accepted.put(option, values.isEmpty() ? name : name + "=" + value);
      }
      String canonical = option == null ? name : option.names()[0];
      origins.put(
          canonical.substring(2), place.isEmpty() ? "command line" : place.replaceFirst(": $", ""));
    }
  }

  /** Plug-ins that have options are losses. */
  private boolean takesPluginOptions() {
    return command.findOption("--loss_type") != null;
  }

  private static boolean tooMany(OptionSpec option, List<String> values) {
    return !option.isMultiValue() && values.size() > option.arity().max();
  }

  private static String twice(@Nullable OptionSpec option, String name) {
    return (option != null && option.names().length > 1
            ? String.join(" or ", option.names())
            : name)
        + " is given twice.";
  }

  /** The value that the command line gives an option; null: none. */
  @Nullable String value(String name) {
    String written = accepted.get(command.findOption(name));
    return written == null || !written.startsWith(name + "=")
        ? null
        : written.substring(name.length() + 1);
  }

  /** For picocli: only options that it knows. */
  String[] accepted() {
    List<String> all = new ArrayList<>(accepted.values());
    all.addAll(positional);
    return all.toArray(new String[0]);
  }

  /** Where each option that was written stands, by its first name without dashes. */
  Map<String, String> origins() {
    return origins;
  }

  /** Options of plug-ins, {@code plug-in.option}, by name without dashes. */
  Map<String, String> pluginOptions() {
    return pluginOptions;
  }
}
