package org.dpo4j.loss;

import static org.dpo4j.loss.LossOption.BETA;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.autodiff.Var;

/**
 * A loss that needs the whole batch: the policy's margins, sorted, against the reference's, sorted,
 * as in AOT (Melnyk et al. 2024, arXiv:2406.05882).
 */
public record TransportLoss(double beta) implements BatchwiseLoss<Comparison> {
  @Override
  public Class<Comparison> view() {
    return Comparison.class;
  }

  @Override
  public LossValue evaluate(List<Comparison> batch, LossState state) {
    List<Var> policy = new ArrayList<>();
    List<Var> reference = new ArrayList<>();
    for (Comparison c : batch) {
      policy.add(c.chosen().logProb().minus(c.rejected().logProb()));
      reference.add(Var.of(c.chosen().reference() - c.rejected().reference()));
    }
    List<Var> from = Var.sorted(policy);
    List<Var> to = Var.sorted(reference);
    List<Var> losses = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      losses.add(from.get(i).minus(to.get(i)).times(beta).logSigmoid().negate());
    }
    return LossValue.of(Var.mean(losses));
  }

  /** Registered in this module's tests only. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super("transport", "a test's", o -> new TransportLoss(o.get(BETA)), BETA);
    }
  }
}
