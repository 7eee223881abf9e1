package org.dpo4j.cli;

import java.util.List;
import java.util.Locale;
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
import org.dpo4j.tokenization.Tokenizers;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.PreferenceTrainerFactory;
import org.dpo4j.training.TrainingListener;

/**
 * A kind of plug-in.
 *
 * @param name in the plural, as {@code list} has it
 * @param services looks for those that are there
 * @param description of one, for people
 */
record PluginKind<S extends NamedService>(
    String name, Supplier<NamedServices<S>> services, Function<S, String> description) {
  static final List<PluginKind<?>> ALL =
      List.of(
          new PluginKind<>("backends", Backends::services, PluginKind::backend),
          new PluginKind<>("losses", Objectives::losses, PluginKind::loss),
          new PluginKind<>(
              "datasets", PreferenceDataset::formats, PreferenceDatasetFactory::summary),
          new PluginKind<>(
              "trainers", PreferenceTrainer::factories, PreferenceTrainerFactory::summary),
          new PluginKind<>("tokenizers", Tokenizers::available, tokenizer -> ""),
          new PluginKind<>("architectures", Architectures::available, architecture -> ""),
          new PluginKind<>("listeners", TrainingListener::available, listener -> ""));

  static List<String> names() {
    return ALL.stream().map(PluginKind::name).toList();
  }

  /** A line or more for each that is there, in the order of their names. */
  List<String> lines() {
    return services.get().all().stream()
        .map(s -> "  %-12s %s".formatted(s.name(), description.apply(s)).stripTrailing())
        .toList();
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
