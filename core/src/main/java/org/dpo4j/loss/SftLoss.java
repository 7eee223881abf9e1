package org.dpo4j.loss;

import org.dpo4j.autodiff.Var;

/**
 * Supervised fine-tuning: minus the mean log-prob of all scored tokens of the demonstrations of a
 * per-device batch. On pairs it sees the chosen completions; added to another loss it is the
 * regulariser of RPO (Pang et al. 2024, arXiv:2404.19733, eq. 1).
 */
public record SftLoss() implements RowLoss<Demonstration> {
  @Override
  public Class<Demonstration> view() {
    return Demonstration.class;
  }

  @Override
  public Requirements requirements() {
    return Requirements.NONE;
  }

  @Override
  public LossValue evaluate(Demonstration demonstration) {
    Var nll = Var.sum(demonstration.completion().tokenLogProbs()).negate();
    return LossValue.of(nll, LossValue.MeanOver.CHOSEN_TOKENS);
  }

  /** {@code --loss_type sft}. */
  public static final class Factory extends LossFactory {
    public Factory() {
      super(
          "sft",
          "supervised fine-tuning: minus the mean log-prob of all chosen tokens",
          o -> new SftLoss());
    }
  }
}
