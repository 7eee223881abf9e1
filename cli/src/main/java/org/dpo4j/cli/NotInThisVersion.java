package org.dpo4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dpo4j.service.Spelling;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What is planned or what TRL has, and this version doesn't: refused by name, so that nobody takes
 * it for a typo or believes that it was heard.
 */
final class NotInThisVersion {
  /** Commands that come later. */
  static final Set<String> COMMANDS =
      Set.of("generate", "export", "merge", "train-tokenizer", "quickstart", "report", "doctor");

  /** Options that come later and that TRL doesn't have. */
  private static final Set<String> OPTIONS =
      Set.of(
          "adapter",
          "alpha",
          "cpo_alpha",
          "desirable_weight",
          "do_sample",
          "dpop_lambda",
          "max_new_tokens",
          "metrics",
          "prompts",
          "reference_free",
          "resume",
          "simpo_gamma",
          "temperature",
          "to",
          "top_k",
          "top_p",
          "undesirable_weight");

  /** Losses of TRL, and ours, that come later. */
  static final Set<String> LOSSES =
      Set.of(
          "alphapo",
          "aot",
          "aot_pair",
          "aot_unpaired",
          "apo_down",
          "apo_zero",
          "apo_zero_unpaired",
          "bco_pair",
          "cpo",
          "discopop",
          "dpop",
          "exo_pair",
          "kto",
          "nca_pair",
          "orpo",
          "plackett_luce",
          "sigmoid_norm",
          "simpo",
          "softmax_dpo",
          "sppo_hard");

  /** Schedules of transformers that come later. */
  static final Set<String> SCHEDULES =
      Set.of(
          "cosine_warmup_with_min_lr",
          "cosine_with_min_lr",
          "cosine_with_restarts",
          "inverse_sqrt",
          "polynomial",
          "reduce_lr_on_plateau",
          "warmup_stable_decay");

  private NotInThisVersion() {}

  /** The refusal of something by name. */
  static String refusal(String what) {
    return what + ": not in this version.";
  }

  /**
   * Why a command refuses an option.
   *
   * @param written as it was written, for people
   * @param name with two dashes and underscores
   */
  static String whyNotAnOption(String written, String name, CommandSpec command) {
    String bare = name.substring(Math.min(name.length(), 2));
    String renamed = Renamed.option(written, bare, command);
    if (renamed != null) return renamed;
    Set<String> trl = trlOptions();
    if (OPTIONS.contains(bare)) return refusal(written);
    List<String> others =
        Commands.NAMES.stream()
            .filter(other -> !other.equals(command.name()))
            .filter(other -> Commands.options(other).contains(name))
            .toList();
    if (bare.indexOf('.') > 0) {
      return "%s: %s takes no options of plug-ins.".formatted(written, command.name());
    }
    if (!others.isEmpty()) {
      return "%s: %s has no such option; it belongs to %s."
          .formatted(written, command.name(), String.join(", ", others));
    }
    if (trl.contains(bare)) return refusal(written + ", an option of TRL 1.16");
    Set<String> known = new TreeSet<>();
    command.options().forEach(option -> known.addAll(List.of(option.names())));
    String nearest = Spelling.suggestion(name, known);
    return "%s: unknown option.%s"
        .formatted(written, written.startsWith("--") ? nearest : nearest.replace("--", ""));
  }

  /** The names in {@code trl-1.16-options.txt}, without dashes. */
  private static Set<String> trlOptions() {
    try (InputStream file =
            Objects.requireNonNull(
                NotInThisVersion.class.getResourceAsStream("trl-1.16-options.txt"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> Arrays.stream(line.split(" ")))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
