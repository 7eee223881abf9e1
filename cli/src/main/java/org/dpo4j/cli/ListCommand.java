package org.dpo4j.cli;

import com.google.inject.Inject;
import java.io.PrintStream;
import java.util.List;
import org.dpo4j.service.Spelling;

/** Lists the plug-ins that are there. */
final class ListCommand {
  private final PrintStream out;

  @Inject
  ListCommand(Console console) {
    out = console.out();
  }

  int run(ListOptions asked, Problems problems) {
    List<PluginKind<?>> wanted =
        PluginKind.ALL.stream()
            .filter(kind -> asked.kind == null || kind.name().equals(asked.kind))
            .toList();
    if (asked.kind != null && wanted.isEmpty()) {
      problems.add(
          "\"%s\" is no kind of plug-in; there is %s.%s"
              .formatted(
                  asked.kind,
                  String.join(", ", PluginKind.names()),
                  Spelling.suggestion(asked.kind, PluginKind.names())));
    }
    problems.throwIfAny();
    for (PluginKind<?> kind : wanted) {
      out.println(kind.name() + ":");
      kind.lines().forEach(out::println);
    }
    return ExitCode.DONE;
  }
}
