package org.dpo4j.cli;

import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;

/** The commands by name. Each is made when it is asked for: start-up stays short. */
final class Commands {
  static final List<String> NAMES = List.of("train", "score", "eval", "tokenize", "init", "list");

  private static final int HELP_WIDTH = 110;

  private Commands() {}

  /** Options of one command, empty. */
  static CommandOptions create(String name) {
    return switch (name) {
      case "train" -> new TrainOptions();
      case "score" -> new ScoreOptions();
      case "eval" -> new EvalOptions();
      case "tokenize" -> new TokenizeOptions();
      case "init" -> new InitOptions();
      case "list" -> new ListOptions();
      default -> throw new IllegalArgumentException("no command " + name);
    };
  }

  /** A command for picocli. */
  static CommandLine commandLine(String name) {
    CommandLine line = new CommandLine(create(name));
    line.registerConverter(Double.class, Values::number);
    line.registerConverter(Integer.class, Values::integer);
    line.registerConverter(Long.class, Values::longInteger);
    line.registerConverter(Boolean.class, Values::truth);
    line.getCommandSpec().parser().collectErrors(true);
    return line;
  }

  /** Prints the help of the program or of a command. */
  static void usage(CommandLine line, PrintStream out) {
    line.setUsageHelpWidth(HELP_WIDTH);
    line.setSeparator(" ");
    line.usage(out);
  }

  /** The names of a command's options, with their dashes. */
  static Set<String> options(String command) {
    Set<String> names = new HashSet<>();
    new CommandLine(create(command))
        .getCommandSpec()
        .options()
        .forEach(option -> names.addAll(List.of(option.names())));
    return names;
  }
}
