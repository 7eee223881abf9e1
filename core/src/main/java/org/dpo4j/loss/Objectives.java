package org.dpo4j.loss;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dpo4j.service.InputException;
import org.dpo4j.service.NamedServices;
import org.dpo4j.service.Origin;
import org.dpo4j.service.Spelling;

/** Makes the objective of a run from what a person chose by name. */
public final class Objectives {
  private Objectives() {}

  /** The losses on the class path. */
  public static NamedServices<PreferenceLossFactory> losses() {
    return NamedServices.of(PreferenceLossFactory.class, "loss", Map.of());
  }

  /**
   * Makes an objective of named losses.
   *
   * @param losses those that can be chosen
   * @param chosen the names of {@code --loss_type}, at least one, each once
   * @param weights those of {@code --loss_weights}, one for each loss; empty: 1 each
   * @param given options of losses as they were written, by name. {@code beta} is the run's and
   *     always welcome; any other that no chosen loss has is an error, unless it is a default
   *     spelled out
   * @throws InputException naming the option and the losses that are wrong
   */
  public static Objective of(
      NamedServices<PreferenceLossFactory> losses,
      List<String> chosen,
      List<Double> weights,
      Map<String, String> given) {
    requireEachOnce(chosen, weights);
    List<PreferenceLossFactory> factories = chosen.stream().map(losses::get).toList();
    given.forEach((name, text) -> requireUsed(name, text, factories, losses.all()));
    List<Objective.Weighted> weighted = new ArrayList<>();
    for (int l = 0; l < chosen.size(); l++) {
      double weight = weights.isEmpty() ? 1 : weights.get(l);
      weighted.add(new Objective.Weighted(create(factories.get(l), given), weight));
    }
    return new Objective(weighted, List.of(), beta(weighted, given));
  }

  private static void requireEachOnce(List<String> chosen, List<Double> weights) {
    String all = String.join(",", chosen);
    if (chosen.isEmpty()) throw new InputException("--loss_type names no loss");
    if (new HashSet<>(chosen).size() < chosen.size()) {
      throw new InputException(
          "--loss_type " + all + " names a loss twice: name it once, with the sum of the weights");
    }
    for (double weight : weights) {
      if (!Double.isFinite(weight)) {
        throw new InputException("--loss_weights has a " + weight + ", expected finite numbers");
      }
    }
    if (!weights.isEmpty() && weights.size() != chosen.size()) {
      throw new InputException(
          "--loss_weights has %d number(s) for --loss_type %s, expected one for each loss"
              .formatted(weights.size(), all));
    }
  }

  private static void requireUsed(
      String name,
      String text,
      List<PreferenceLossFactory> chosen,
      List<PreferenceLossFactory> all) {
    if (name.equals(LossOption.BETA.name()) || !having(name, chosen).isEmpty()) return;
    List<PreferenceLossFactory> others = having(name, all);
    if (others.isEmpty()) {
      TreeSet<String> known = new TreeSet<>();
      for (PreferenceLossFactory f : all) f.options().forEach(o -> known.add(o.name()));
      throw new InputException(
          "No loss has the option --" + name + "." + Spelling.suggestion(name, known));
    }
    LossOption option = others.get(0).option(name).orElseThrow();
    if (option.parse(text) == option.defaultValue()) return;
    throw new InputException(
        "--%s is set, but %s does not use it (%s would). Leave it out or choose such a loss."
            .formatted(name, names(chosen), names(others)));
  }

  private static PreferenceLoss<?> create(
      PreferenceLossFactory factory, Map<String, String> given) {
    Map<String, Double> values = new HashMap<>();
    for (LossOption option : factory.options()) {
      String text = given.get(option.name());
      if (text != null) values.put(option.name(), option.parse(text));
    }
    LossOptions options = new LossOptions(factory.options(), values);
    PreferenceLoss<?> loss;
    try {
      loss = NamedServices.whole(factory, PreferenceLoss.class, factory.create(options));
    } catch (IllegalArgumentException e) {
      throw new InputException("The loss " + factory.name() + ": " + e.getMessage(), e);
    } catch (RuntimeException | LinkageError e) {
      if (e instanceof InputException told) throw told;
      throw new InputException(
          "The loss %s cannot be made: %s. It is %s."
              .formatted(factory.name(), e, Origin.of(factory.getClass())),
          e);
    }
    if (!loss.name().equals(factory.name())) {
      throw new InputException(
          "The loss %s calls itself %s (%s): it and its factory must have one name."
              .formatted(factory.name(), loss.name(), Origin.of(loss.getClass())));
    }
    return loss;
  }

  private static double beta(List<Objective.Weighted> losses, Map<String, String> given) {
    String text = given.get(LossOption.BETA.name());
    double beta =
        text == null
            ? Objective.beta(losses.stream().<PreferenceLoss<?>>map(w -> w.loss()).toList())
            : LossOption.BETA.parse(text);
    for (Objective.Weighted w : losses) {
      if (!Double.isNaN(w.loss().beta()) && w.loss().beta() != beta) {
        throw new InputException(
            "The loss %s has beta %s in a run with beta %s: all losses share one, set --beta"
                .formatted(w.loss().name(), w.loss().beta(), beta));
      }
    }
    return beta;
  }

  private static List<PreferenceLossFactory> having(
      String option, List<PreferenceLossFactory> factories) {
    return factories.stream().filter(f -> f.option(option).isPresent()).toList();
  }

  private static String names(List<PreferenceLossFactory> factories) {
    return factories.stream().map(PreferenceLossFactory::name).collect(Collectors.joining(", "));
  }
}
