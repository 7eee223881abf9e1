package org.dpo4j.cli;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.dpo4j.service.InputException;
import org.dpo4j.service.Spelling;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The program {@code dpo4j}. */
public final class Main {
  private final Console console;
  private final Interruption interruption;
  private final boolean debug;

  Main(Console console, Interruption interruption, boolean debug) {
    this.console = console;
    this.interruption = interruption;
    this.debug = debug;
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    boolean debug = "1".equals(System.getenv("DPO4J_DEBUG"));
    if (debug) System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
    Interruption interruption = Interruption.ofProcess();
    int exitCode = new Main(Console.ofProcess(), interruption, debug).run(arguments);
    interruption.ended();
    System.exit(exitCode);
  }

  int run(String... arguments) {
    try {
      return dispatch(arguments);
    } catch (UsageException e) {
      e.problems().forEach(problem -> console.err().println("dpo4j: " + problem));
      console.err().println(e.hint());
      return ExitCode.WRONG_USAGE;
    } catch (InputException | CancellationException e) {
      say(e, String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      String memory = JavaMemory.problem(e);
      say(
          e,
          memory != null
              ? memory
              : "failed unexpectedly: %s. DPO4J_DEBUG=1 shows where.".formatted(e));
    }
    return ExitCode.FAILED;
  }

  private void say(Throwable e, String message) {
    console.err().println("dpo4j: " + message);
    if (debug) e.printStackTrace(console.err());
  }

  private int dispatch(String... arguments) {
    String name = arguments.length == 0 ? "--help" : arguments[0];
    List<String> rest = List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    return switch (name) {
      case "--help", "-h", "help" -> {
        Commands.usage(new CommandLine(new Program()), console.out());
        yield ExitCode.DONE;
      }
      case "--version", "-V" -> {
        console.out().println("dpo4j " + Program.version());
        yield ExitCode.DONE;
      }
      default -> command(name, rest);
    };
  }

  private int command(String name, List<String> written) {
    if (!Commands.NAMES.contains(name)) {
      throw new UsageException(List.of(unknown(name)), "dpo4j --help shows the commands.");
    }
    CommandLine line = Commands.commandLine(name);
    CommandOptions options = line.getCommand();
    Problems problems = new Problems(name);
    Arguments arguments = new Arguments(line.getCommandSpec(), problems);
    arguments.onCommandLine(written);
    String config = options.readsConfig() ? arguments.value("--config") : null;
    if (config != null) {
      Path file = Path.of(config);
      arguments.inFile(file, ConfigFile.read(file, problems));
    }
    ParseResult result = line.parseArgs(arguments.accepted());
    if (result.isUsageHelpRequested()) {
      Commands.usage(line, console.out());
      return ExitCode.DONE;
    }
    result.errors().forEach(problems::add);
    try (PluginJars plugins = PluginJars.in(arguments.value("--plugins"), problems)) {
      plugins.broken().forEach(problem -> console.err().println("dpo4j: " + problem));
      Injector injector = Guice.createInjector(new CliModule(console, interruption));
      return plugins.blameFor(() -> options.run(injector, arguments, problems));
    }
  }

  private static String unknown(String name) {
    if (NotInThisVersion.COMMANDS.contains(name)) return NotInThisVersion.refusal(name);
    return (name.startsWith("-")
            ? "%s: the command comes first, one of %s."
            : "There is no command \"%s\"; there is %s.")
        .formatted(name, String.join(", ", Commands.NAMES))
        .concat(Spelling.suggestion(name, Commands.NAMES));
  }
}
