package org.dpo4j.cli;

import com.google.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dpo4j.loss.LossOption;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.Objectives;
import org.dpo4j.loss.PreferenceLossFactory;
import org.dpo4j.service.NamedServices;

/**
 * The objective that {@code --loss_type}, {@code --loss_weights} and the losses' own options ask
 * for. Each option is first tried by itself, so that every one that is wrong is told.
 */
final class LossChoice {
  private static final List<String> DEFAULT = List.of("sigmoid");

  private final NamedServices<PreferenceLossFactory> losses;

  @Inject
  LossChoice(NamedServices<PreferenceLossFactory> losses) {
    this.losses = losses;
  }

  /** The objective; empty where something is wrong. */
  Optional<Objective> objective(
      ObjectiveOptions asked, Map<String, String> pluginOptions, Problems problems) {
    List<String> names = names(asked);
    List<Double> weights = asked.lossWeights == null ? List.of() : asked.lossWeights;
    Map<String, String> given = given(asked, pluginOptions);
    if (refusesLater(names, problems)
        || refusesOld(names, problems)
        || problems.collect(() -> Objectives.of(losses, names, List.of(), Map.of())).isEmpty()) {
      return Optional.empty();
    }
    boolean right =
        problems.collect(() -> Objectives.of(losses, names, weights, Map.of())).isPresent();
    for (Map.Entry<String, String> option : given.entrySet()) {
      Map<String, String> alone = Map.of(option.getKey(), option.getValue());
      right &= problems.collect(() -> Objectives.of(losses, names, List.of(), alone)).isPresent();
    }
    return right
        ? problems.collect(() -> Objectives.of(losses, names, weights, given))
        : Optional.empty();
  }

  private boolean refusesLater(List<String> names, Problems problems) {
    List<String> later =
        names.stream()
            .filter(name -> NotInThisVersion.LOSSES.contains(name))
            .filter(name -> !losses.names().contains(name))
            .toList();
    later.forEach(name -> problems.add(NotInThisVersion.refusal("--loss_type " + name)));
    return !later.isEmpty();
  }

  private boolean refusesOld(List<String> names, Problems problems) {
    List<String> old =
        names.stream()
            .filter(name -> !losses.names().contains(name) && !Renamed.loss(name).isEmpty())
            .toList();
    old.forEach(
        name -> problems.add("There is no --loss_type %s.%s".formatted(name, Renamed.loss(name))));
    return !old.isEmpty();
  }

  /** What the chosen losses' options are, but for beta, whether they were written or not. */
  Map<String, Double> resolved(ObjectiveOptions asked, Map<String, String> pluginOptions) {
    Map<String, String> given = given(asked, pluginOptions);
    Map<String, Double> resolved = new TreeMap<>();
    for (String name : names(asked)) {
      for (LossOption option : losses.get(name).options()) {
        String text = given.get(option.name());
        resolved.put(option.name(), text == null ? option.defaultValue() : option.parse(text));
      }
    }
    resolved.remove(LossOption.BETA.name());
    return resolved;
  }

  private static List<String> names(ObjectiveOptions asked) {
    return asked.lossType == null ? DEFAULT : asked.lossType.stream().map(String::strip).toList();
  }

  private static Map<String, String> given(
      ObjectiveOptions asked, Map<String, String> pluginOptions) {
    Map<String, String> given = new TreeMap<>(pluginOptions);
    if (asked.beta != null) given.put(LossOption.BETA.name(), asked.beta.toString());
    if (asked.labelSmoothing != null) {
      given.put(LossOption.LABEL_SMOOTHING.name(), asked.labelSmoothing.toString());
    }
    return given;
  }
}
