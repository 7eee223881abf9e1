package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.dpo4j.testkit.Shared;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What TRL 1.16 computes of given token log-probs: value, gradient per token, metrics. */
class GoldenLossesTest {
  private static final Set<String> OURS = Set.of("sigmoid", "hinge", "ipo", "robust", "sft");
  private static JsonNode recorded = new ObjectMapper().nullNode();

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = Shared.open("golden/losses.json")) {
      recorded = new ObjectMapper().readTree(in);
    }
  }

  /** Every case of our losses, their weighted sums and the modifiers of what they see. */
  @TestFactory
  List<DynamicTest> equalsTrl() {
    List<DynamicTest> tests = new ArrayList<>();
    ScoredBatch batch = batch(recorded.at("/dpo/inputs"));
    for (JsonNode c : recorded.at("/dpo/cases")) {
      if (!isOurs(c.get("options"))) continue;
      tests.add(DynamicTest.dynamicTest(c.get("options").toString(), () -> assertEqual(c, batch)));
    }
    assertEquals(39, tests.size(), "cases of our losses");
    return tests;
  }

  /** TRL's CPO knows no reference, and smooths its sigmoid: cdpo at a reference of zeros. */
  @Test
  void cdpoEqualsTrlsSmoothedSigmoid() {
    int cases = 0;
    for (JsonNode c : recorded.at("/reference_free/cases")) {
      JsonNode options = c.get("options");
      if (!options.path("loss_type").asText().equals("sigmoid")) continue;
      cases++;
      double smoothing = options.get("label_smoothing").asDouble();
      Objective cdpo = Objective.of(new CdpoLoss(options.get("beta").asDouble(), smoothing));
      JsonNode in = recorded.at("/reference_free/inputs");
      for (int i = 0; i < in.get("chosen").size(); i++) {
        double[] chosen = doubles(in.get("chosen").get(i));
        double[] rejected = doubles(in.get("rejected").get(i));
        double value =
            ScoredBatch.empty()
                .pair(
                    new Scores(chosen, new double[chosen.length]),
                    new Scores(rejected, new double[rejected.length]))
                .evaluate(cdpo)
                .value();
        assertClose(c.get("losses").get(i).asDouble(), value, 1e-6, "row " + i);
      }
    }
    assertEquals(2, cases);
  }

  private static boolean isOurs(JsonNode options) {
    boolean ours = !options.has("use_weighting");
    for (JsonNode type : options.get("loss_types")) ours &= OURS.contains(type.asText());
    return ours;
  }

  /** The reference was recorded as sums per completion. */
  private static ScoredBatch batch(JsonNode in) {
    ScoredBatch batch = ScoredBatch.empty();
    for (int i = 0; i < in.get("chosen").size(); i++) {
      batch =
          batch.pair(
              scores(in.get("chosen").get(i), in.get("refChosen").get(i)),
              scores(in.get("rejected").get(i), in.get("refRejected").get(i)));
    }
    return batch;
  }

  private static Scores scores(JsonNode policy, JsonNode referenceSum) {
    double[] reference = new double[policy.size()];
    reference[0] = referenceSum.asDouble();
    return new Scores(doubles(policy), reference);
  }

  private static void assertEqual(JsonNode c, ScoredBatch batch) {
    JsonNode options = c.get("options");
    double coefficient = options.path("f_alpha_divergence_coef").asDouble(1);
    double tolerance = coefficient == 1 ? 1e-6 : 1e-5; // TRL computes that divergence in float32
    Evaluation e = batch.evaluate(objective(options, coefficient));
    assertClose(c.get("loss").asDouble(), e.value(), tolerance, "loss");
    int t = 0;
    for (int i = 0; i < batch.size(); i++) {
      for (String side : List.of("chosenGradient", "rejectedGradient")) {
        for (double expected : doubles(c.get(side).get(i))) {
          assertClose(expected, e.gradient()[t++], tolerance, side + " of row " + i);
        }
      }
    }
    assertEquals(e.gradient().length, t);
    Map<String, Double> expected = new HashMap<>();
    c.get("metrics").properties().forEach(m -> expected.put(m.getKey(), m.getValue().asDouble()));
    Map<String, Double> means = e.metrics().means();
    assertEquals(expected.keySet(), means.keySet());
    expected.forEach((key, value) -> assertClose(value, means.get(key), tolerance, key));
  }

  private static Objective objective(JsonNode options, double coefficient) {
    Map<String, String> given = new HashMap<>();
    for (String option : List.of("beta", "label_smoothing")) {
      if (options.has(option)) given.put(option, options.get(option).asText());
    }
    Objective plain =
        Objectives.of(
            Objectives.losses(),
            elements(options.get("loss_types")).map(JsonNode::asText).toList(),
            elements(options.path("loss_weights")).map(JsonNode::asDouble).toList(),
            given);
    List<ViewModifier> modifiers = new ArrayList<>();
    if (options.has("ld_alpha")) {
      modifiers.add(TestModifiers.lengthDesensitised(options.get("ld_alpha").asDouble()));
    }
    switch (options.path("f_divergence_type").asText("reverse_kl")) {
      case "forward_kl" -> modifiers.add(TestModifiers.divergence(TestModifiers::forwardKl));
      case "js_divergence" -> modifiers.add(TestModifiers.divergence(TestModifiers::jensenShannon));
      case "alpha_divergence" ->
          modifiers.add(TestModifiers.divergence(TestModifiers.alphaDivergence(coefficient)));
      default -> {}
    }
    return new Objective(plain.losses(), modifiers, plain.beta());
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static double[] doubles(JsonNode array) {
    return elements(array).mapToDouble(JsonNode::asDouble).toArray();
  }

  private static void assertClose(double expected, double actual, double tolerance, String what) {
    assertEquals(expected, actual, tolerance * Math.max(1, Math.abs(expected)), what);
  }
}
