package org.dpo4j.loss;

/** A loss of two completions, one better than the other. */
public interface PairwiseLoss extends RowLoss<Comparison> {
  @Override
  default Class<Comparison> view() {
    return Comparison.class;
  }
}
