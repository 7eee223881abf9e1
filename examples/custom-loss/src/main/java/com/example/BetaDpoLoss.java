package com.example;

import java.util.List;
import org.dpo4j.autodiff.Var;
import org.dpo4j.loss.BatchwiseLoss;
import org.dpo4j.loss.Comparison;
import org.dpo4j.loss.LossFactory;
import org.dpo4j.loss.LossOption;
import org.dpo4j.loss.LossState;
import org.dpo4j.loss.LossValue;
import org.dpo4j.loss.Range;

/**
 * DPO whose beta follows the data: higher for a batch whose pairs are further apart than usual,
 * lower for one whose pairs are closer (Wu et al. 2024, "beta-DPO: Direct Preference Optimization
 * with Dynamic beta", arXiv:2407.08639, at the level of the batch):
 *
 * <pre>{@code
 * gap     = mean of h over the batch              h: the log-ratio margin, in nats
 * usual   = momentum * usual + (1 - momentum) * gap          0 before the first batch
 * dynamic = beta * (1 + alpha * (gap - usual)), at least 0.001
 * loss    = mean of -log sigmoid(dynamic * h)     no gradient through dynamic
 * }</pre>
 *
 * <p>The gap is measured, and the usual one moved first, as in the authors' program; their filter
 * of the data is left out.
 *
 * @param beta what the dynamic one moves around, above 0; also the scale of the logged rewards
 * @param alpha how far it moves per nat, at least 0; 0 is DPO
 * @param momentum of the running mean, at least 0 and below 1
 */
public record BetaDpoLoss(double beta, double alpha, double momentum)
    implements BatchwiseLoss<Comparison> {
  private static final LossOption ALPHA =
      new LossOption(
          "beta_dpo.alpha", 0.6, Range.atLeast(0), "How far beta moves per nat; 0 is DPO.");

  private static final LossOption MOMENTUM =
      new LossOption(
          "beta_dpo.momentum", 0.9, Range.atLeast(0).below(1), "Of the running mean of the gap.");

  private static final double FLOOR = 1e-3;

  public BetaDpoLoss {
    LossOption.BETA.require(beta);
    ALPHA.require(alpha);
    MOMENTUM.require(momentum);
  }

  @Override
  public Class<Comparison> view() {
    return Comparison.class;
  }

  @Override
  public LossValue evaluate(List<Comparison> batch, LossState state) {
    List<Var> margins = batch.stream().map(Comparison::logRatioMargin).toList();
    double gap = Var.mean(margins).value(); // a plain number: the gradient ends here
    double usual = momentum * state.get("gap", 0) + (1 - momentum) * gap;
    double dynamic = Math.max(FLOOR, beta * (1 + alpha * (gap - usual)));
    List<Var> losses =
        margins.stream().map(h -> h.times(dynamic).logSigmoid().negate()).toList();
    return LossValue.of(Var.mean(losses))
        .withMetric("beta_dpo/beta", dynamic)
        .withState(state.with("gap", usual));
  }

  /** {@code --loss_type beta_dpo}. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super(
          "beta_dpo",
          "beta-DPO (Wu 2024): -log sigmoid(b h), b by how a batch's gap compares with the usual",
          o -> new BetaDpoLoss(o.get(LossOption.BETA), o.get(ALPHA), o.get(MOMENTUM)),
          LossOption.BETA,
          ALPHA,
          MOMENTUM);
    }
  }
}
