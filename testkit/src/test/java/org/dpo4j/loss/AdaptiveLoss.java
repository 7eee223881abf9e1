package org.dpo4j.loss;

import static org.dpo4j.loss.LossOption.BETA;

import java.util.List;
import org.dpo4j.autodiff.Var;

/**
 * A loss with a memory: DPO whose scale follows how the batch's mean margin compares with a running
 * mean of it, as in beta-DPO (Wu et al. 2024, arXiv:2407.08639, eqs. 7 and 10).
 *
 * @param momentum of the running mean
 */
public record AdaptiveLoss(double beta, double momentum) implements BatchwiseLoss<Comparison> {
  private static final LossOption MOMENTUM =
      new LossOption("adaptive.momentum", 0.9, Range.atLeast(0).below(1), "Of the running mean.");

  @Override
  public Class<Comparison> view() {
    return Comparison.class;
  }

  @Override
  public LossValue evaluate(List<Comparison> batch, LossState state) {
    List<Var> margins = batch.stream().map(Comparison::logRatioMargin).toList();
    double mean = beta * Var.mean(margins).value();
    double before = state.get("mean", 0);
    double adapted = beta * Math.exp(Math.tanh(mean - before));
    Var loss = Var.mean(margins.stream().map(h -> h.times(adapted).logSigmoid().negate()).toList());
    return LossValue.of(loss)
        .withMetric("beta", adapted)
        .withState(state.with("mean", momentum * before + (1 - momentum) * mean));
  }

  /** Registered in this module's tests only. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super(
          "adaptive",
          "a test's",
          o -> new AdaptiveLoss(o.get(BETA), o.get(MOMENTUM)),
          BETA,
          MOMENTUM);
    }
  }
}
