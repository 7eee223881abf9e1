package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.dpo4j.loss.Objective.Weighted;
import org.dpo4j.service.InputException;
import org.junit.jupiter.api.Test;

/** From what a person wrote to the objective of a run. */
class ObjectivesTest {
  @Test
  void lossesAreMadeWithTheirOptionsAndWeights() {
    Objective o =
        objective(
            List.of("cdpo", "sft"),
            List.of(1.0, 0.5),
            Map.of("beta", "0.3", "label_smoothing", "0.2"));
    assertEquals(
        List.of(new Weighted(new CdpoLoss(0.3, 0.2), 1), new Weighted(new SftLoss(), 0.5)),
        o.losses());
    assertEquals(0.3, o.beta());
  }

  @Test
  void defaultsAreTrls() {
    Objective o = objective(List.of("sigmoid", "robust"), List.of(), Map.of());
    assertEquals(
        List.of(new Weighted(new SigmoidLoss(0.1), 1), new Weighted(new RobustLoss(0.1, 0), 1)),
        o.losses());
    assertEquals(0.1, o.beta());
  }

  /** It scales the rewards that are logged, though no loss here has it. */
  @Test
  void betaIsTheRuns() {
    assertEquals(0.3, objective(List.of("sft"), List.of(), Map.of("beta", "0.3")).beta());
  }

  @Test
  void optionOfAPluginHasItsName() {
    Objective o = objective(List.of("adaptive"), List.of(), Map.of("adaptive.momentum", "0.5"));
    assertEquals(new AdaptiveLoss(0.1, 0.5), o.losses().get(0).loss());
  }

  @Test
  void optionThatNoChosenLossUsesIsRefused() {
    assertEquals(
        "--label_smoothing is set, but sigmoid does not use it (cdpo, robust would). Leave it out"
            + " or choose such a loss.",
        refused(List.of("sigmoid"), List.of(), Map.of("label_smoothing", "0.1")));
    assertEquals(
        0.1,
        objective(List.of("sigmoid", "cdpo"), List.of(), Map.of("label_smoothing", "0.2")).beta(),
        "one of the losses uses it");
  }

  /** A run starts again from its own configuration, which names every value. */
  @Test
  void aDefaultSpelledOutIsWelcome() {
    objective(List.of("sigmoid"), List.of(), Map.of("label_smoothing", "0.0"));
  }

  @Test
  void whatIsWrongIsNamed() {
    assertEquals(
        "No loss has the option --label_smoothin. Did you mean label_smoothing?",
        refused(List.of("cdpo"), List.of(), Map.of("label_smoothin", "0.1")));
    assertEquals(
        "--beta is \"strong\", expected a number that is above 0",
        refused(List.of("sigmoid"), List.of(), Map.of("beta", "strong")));
    assertEquals(
        "--label_smoothing is 0.5, expected a number that is at least 0 and below 0.5",
        refused(List.of("robust"), List.of(), Map.of("label_smoothing", "0.5")));
    assertEquals(
        "--loss_weights has 1 number(s) for --loss_type sigmoid,sft, expected one for each loss",
        refused(List.of("sigmoid", "sft"), List.of(1.0), Map.of()));
    assertEquals(
        "--loss_weights has a NaN, expected finite numbers",
        refused(List.of("sft"), List.of(Double.NaN), Map.of()));
    assertEquals(
        "--loss_type sft,sft names a loss twice: name it once, with the sum of the weights",
        refused(List.of("sft", "sft"), List.of(), Map.of()));
    assertEquals("--loss_type names no loss", refused(List.of(), List.of(), Map.of()));
    String unknown = refused(List.of("sigmoyd"), List.of(), Map.of());
    assertTrue(unknown.contains("sigmoyd") && unknown.contains("Did you mean sigmoid?"), unknown);
  }

  @Test
  void coresLossesAreThere() {
    List<String> names = Objectives.losses().names();
    assertTrue(
        names.containsAll(List.of("cdpo", "hinge", "ipo", "robust", "sft", "sigmoid")),
        () -> "" + names);
  }

  private static Objective objective(
      List<String> names, List<Double> weights, Map<String, String> given) {
    return Objectives.of(Objectives.losses(), names, weights, given);
  }

  private static String refused(
      List<String> names, List<Double> weights, Map<String, String> given) {
    return String.valueOf(
        assertThrows(InputException.class, () -> objective(names, weights, given)).getMessage());
  }
}
