package org.dpo4j.layout;

/** What the language-model head can tell of each prediction beside its log-prob; no gradient. */
public enum HeadStatistic {
  /** {@code log sum_v p_v^2}: WPO's normaliser (Zhou 2024, eq. 2). */
  LOG_SUM_SQUARED_PROBS,
  /** {@code -sum_v p_v log p_v}, in nats. */
  ENTROPY,
  /** The mean of the logits. */
  MEAN_LOGIT,
  /** 1 where the target has the highest logit, else 0. */
  TOP1_IS_TARGET
}
