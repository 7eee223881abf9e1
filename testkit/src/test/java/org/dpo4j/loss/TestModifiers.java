package org.dpo4j.loss;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.dpo4j.autodiff.Var;

/** Modifiers of what losses see, to prove that they have a place. */
final class TestModifiers {
  private TestModifiers() {}

  /** LD-DPO (Liu et al. 2024): the tokens beyond the shorter completion's length weigh alpha. */
  static ViewModifier lengthDesensitised(double alpha) {
    return all -> {
      int shared = all.stream().mapToInt(c -> c.tokenLogProbs().size()).min().orElseThrow();
      return all.stream().map(c -> shortened(c, shared, alpha)).toList();
    };
  }

  private static ScoredCompletion shortened(ScoredCompletion c, int shared, double alpha) {
    List<Var> tokens = c.tokenLogProbs();
    Var head = Var.sum(tokens.subList(0, shared));
    Var tail = Var.sum(tokens.subList(shared, tokens.size()));
    double[] reference = c.referenceTokenLogProbs();
    double referenceHead = Arrays.stream(reference, 0, shared).sum();
    double referenceTail = Arrays.stream(reference, shared, reference.length).sum();
    return c.withLogProb(head.plus(tail.times(alpha)), referenceHead + alpha * referenceTail);
  }

  /** f-DPO (Wang et al. 2024, arXiv:2309.16240): f' of the ratio in place of the log-ratio. */
  static ViewModifier divergence(UnaryOperator<Var> f) {
    return all -> all.stream().map(c -> c.withDivergence(f)).toList();
  }

  static Var forwardKl(Var u) {
    return u.negate().expm1().negate();
  }

  static Var jensenShannon(Var u) {
    return u.logSigmoid().plus(Math.log(2));
  }

  static UnaryOperator<Var> alphaDivergence(double a) {
    return u -> a == 1 ? u : u.times(a - 1).min(80).expm1().dividedBy(a - 1);
  }
}
