/**
 * Losses: functions of token log-probs, in double precision, that no engine ever sees. A {@link
 * org.dpo4j.loss.PreferenceLoss} is shown {@link org.dpo4j.loss.View}s of scored completions; the
 * {@link org.dpo4j.loss.Objective} of a run cuts those views from the numbers of policy and
 * reference, sums its losses with their weights, and gives back the value, the metrics and the
 * gradient with respect to every token log-prob.
 */
@NullMarked
package org.dpo4j.loss;

import org.jspecify.annotations.NullMarked;
