package org.dpo4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.dpo4j.testkit.ScoredBatch;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.junit.jupiter.api.Test;

/**
 * The theorem of the paper (Rafailov 2023, eqs. 4 to 7): a policy trained on preferences that
 * follow Bradley and Terry's model of a reward converges to {@code reference x exp(reward / beta) /
 * Z}. The policy is a table of eight answers; every pair of them is compared.
 */
class TabularPolicyTest {
  private static final double BETA = 0.5;
  private static final double[] REWARD = {0.9, -0.4, 0.1, 0.6, -0.8, 0.3, -0.1, 0.75};
  private static final double[] REFERENCE = {.05, .2, .1, .15, .25, .05, .1, .1};

  @Test
  void convergesToTheOptimumOfRewardAndReference() {
    double[] logits = Arrays.stream(REFERENCE).map(Math::log).toArray();
    for (int step = 0; step < 600; step++) {
      double[] gradient = gradient(softmax(logits));
      for (int i = 0; i < logits.length; i++) logits[i] -= 2 * gradient[i];
    }
    double[] optimum = new double[REWARD.length];
    for (int i = 0; i < optimum.length; i++) {
      optimum[i] = Math.log(REFERENCE[i]) + REWARD[i] / BETA;
    }
    double[] expected = softmax(optimum);
    double[] actual = softmax(logits);
    double distance = 0;
    for (int i = 0; i < actual.length; i++) distance += Math.abs(expected[i] - actual[i]) / 2;
    assertTrue(distance <= 1e-6, "total variation " + distance);
    assertEquals(expected[0], actual[0], 1e-6);
  }

  /**
   * By the logits. A soft label, {@code sigmoid(r_i - r_j)} for i, is the label smoothing of a
   * conservative loss that takes the better answer as chosen.
   */
  private static double[] gradient(double[] policy) {
    double[] byLogProb = new double[policy.length];
    for (int i = 0; i < policy.length; i++) {
      for (int j = 0; j < policy.length; j++) {
        if (REWARD[i] <= REWARD[j]) continue;
        double wrong = 1 / (1 + Math.exp(REWARD[i] - REWARD[j]));
        double[] pair =
            ScoredBatch.empty()
                .pair(answer(policy, i), answer(policy, j))
                .evaluate(Objective.of(new CdpoLoss(BETA, wrong)))
                .gradient();
        byLogProb[i] += pair[0];
        byLogProb[j] += pair[1];
      }
    }
    double total = Arrays.stream(byLogProb).sum();
    double[] byLogit = new double[policy.length];
    for (int i = 0; i < policy.length; i++) byLogit[i] = byLogProb[i] - policy[i] * total;
    return byLogit;
  }

  private static Scores answer(double[] policy, int i) {
    return Scores.constant(Math.log(policy[i]), Math.log(REFERENCE[i]), 1);
  }

  private static double[] softmax(double[] logits) {
    double[] exp = Arrays.stream(logits).map(Math::exp).toArray();
    double total = Arrays.stream(exp).sum();
    return Arrays.stream(exp).map(e -> e / total).toArray();
  }
}
