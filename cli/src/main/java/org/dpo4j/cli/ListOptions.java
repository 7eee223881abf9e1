package org.dpo4j.cli;

import com.google.inject.Injector;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The options of {@code list}. */
@Command(
    name = "list",
    sortOptions = false,
    customSynopsis =
        "dpo4j list [backends|losses|datasets|trainers|tokenizers|architectures|listeners]",
    description = "Lists what is on the class path: engines, losses and other plug-ins.")
final class ListOptions implements CommandOptions {
  @Parameters(
      arity = "0..1",
      hideParamSyntax = true,
      paramLabel = "KIND",
      description = "One kind only (default: all of them).")
  @Nullable String kind;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public int run(Injector injector, Arguments arguments, Problems problems) {
    return injector.getInstance(ListCommand.class).run(this, problems);
  }
}
