package org.dpo4j.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What was written after a command's name, sorted out before picocli reads it: dashes in names
 * become underscores, lists by spaces become lists by commas, and what is unknown, refused, given
 * twice or too much becomes a problem instead of an exception at the first.
 */
final class Arguments {
  private final List<String> accepted = new ArrayList<>();
  private final Map<String, String> pluginOptions = new LinkedHashMap<>();
  private final CommandSpec command;
  private final Set<OptionSpec> seen = new HashSet<>();
  private final Problems problems;

  Arguments(CommandSpec command, List<String> written, Problems problems) {
    this.command = command;
    this.problems = problems;
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
      while (i < written.size() && !isOption(written.get(i))) values.add(written.get(i++));
      option(equals < 0 ? word : word.substring(0, equals), values);
    }
  }

  /** {@code --name}, {@code -h}; but {@code -0.5} is a value. */
  private static boolean isOption(String word) {
    return word.matches("--.*|-[A-Za-z].*");
  }

  private void positional(String word) {
    if (command.positionalParameters().isEmpty()) {
      problems.add("\"%s\" is not expected: an option begins with --.".formatted(word));
    } else {
      accepted.add(word);
    }
  }

  private void option(String written, List<String> values) {
    String name =
        written.startsWith("--") ? "--" + written.substring(2).replace('-', '_') : written;
    OptionSpec option = command.findOption(name);
    if (option != null) {
      known(name, option, values);
    } else if (name.indexOf('.') > 0 && values.size() == 1) {
      if (pluginOptions.put(name.substring(2), values.get(0)) != null) twice(name);
    } else {
      problems.add(NotInThisVersion.whyNotAnOption(written, name, command));
    }
  }

  private void known(String name, OptionSpec option, List<String> values) {
    if (!seen.add(option)) {
      twice(option.names().length > 1 ? String.join(" or ", option.names()) : name);
    } else if (values.stream().anyMatch(String::isBlank)) {
      problems.add(name + " is given nothing.");
    } else if (option.isMultiValue()) {
      accepted.add(values.isEmpty() ? name : name + "=" + String.join(",", values));
    } else if (values.size() > option.arity().max()) {
      problems.add(
          "%s takes %s, not %s."
              .formatted(
                  name,
                  option.arity().max() == 0 ? "no value" : "one value",
                  String.join(" ", values)));
    } else {
      accepted.add(values.isEmpty() ? name : name + "=" + values.get(0));
    }
  }

  private void twice(String name) {
    problems.add(name + " is given twice.");
  }

  /** For picocli: only options that it knows. */
  String[] accepted() {
    return accepted.toArray(new String[0]);
  }

  /** Options of plug-ins, {@code plug-in.option}, by name without dashes. */
  Map<String, String> pluginOptions() {
    return pluginOptions;
  }
}
