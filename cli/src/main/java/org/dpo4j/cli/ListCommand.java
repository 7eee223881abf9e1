package org.dpo4j.cli;

import com.google.inject.Inject;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.dpo4j.backend.BackendProvider;
import org.dpo4j.backend.Backends;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.loss.LossOption;
import org.dpo4j.loss.Objectives;
import org.dpo4j.loss.PreferenceLossFactory;
import org.dpo4j.model.Architectures;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceDatasetFactory;
import org.dpo4j.service.NamedService;
import org.dpo4j.service.NamedServices;
import org.dpo4j.service.Spelling;
import org.dpo4j.tokenization.Tokenizers;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.PreferenceTrainerFactory;

/** Lists the plug-ins that are on the class path. */
final class ListCommand {
  private final PrintStream out;
  private final Map<String, Runnable> kinds = new LinkedHashMap<>();

  @Inject
  ListCommand(Console console) {
    out = console.out();
    kind("backends", Backends::services, ListCommand::backend);
    kind("losses", Objectives::losses, ListCommand::loss);
    kind("datasets", PreferenceDataset::formats, PreferenceDatasetFactory::summary);
    kind("trainers", PreferenceTrainer::factories, PreferenceTrainerFactory::summary);
    kind("tokenizers", Tokenizers::available, tokenizer -> "");
    kind("architectures", Architectures::available, architecture -> "");
  }

  private <S extends NamedService> void kind(
      String name, Supplier<NamedServices<S>> services, Function<S, String> description) {
    kinds.put(
        name,
        () -> {
          out.println(name + ":");
          services.get().all().forEach(s -> print(s.name(), description.apply(s)));
        });
  }

  int run(ListOptions asked, Problems problems) {
    String kind = asked.kind;
    if (kind != null && !kinds.containsKey(kind)) {
      problems.add(
          "\"%s\" is no kind of plug-in; there is %s.%s"
              .formatted(
                  kind,
                  String.join(", ", kinds.keySet()),
                  Spelling.suggestion(kind, kinds.keySet())));
    }
    problems.throwIfAny();
    List<Runnable> wanted = kind == null ? List.copyOf(kinds.values()) : List.of(kinds.get(kind));
    wanted.forEach(Runnable::run);
    return ExitCode.DONE;
  }

  private void print(String name, String description) {
    out.println("  %-12s %s".formatted(name, description).stripTrailing());
  }

  private static String backend(BackendProvider backend) {
    boolean trains = backend instanceof TrainingBackend;
    return backend.description() + (trains ? "; trains and scores" : "; scores");
  }

  private static String loss(PreferenceLossFactory loss) {
    StringBuilder text = new StringBuilder(loss.summary());
    for (LossOption option : loss.options()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  %-12s   --%s: %s Expected %s; default %s.",
              "",
              option.name(),
              option.doc(),
              option.range(),
              option.defaultValue()));
    }
    return text.toString();
  }
}
