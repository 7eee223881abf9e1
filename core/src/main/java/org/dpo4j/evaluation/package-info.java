/**
 * What a policy thinks of preferences: log-probs of completions, row by row ({@link
 * org.dpo4j.evaluation.PreferenceScorer}); the reference's, computed once and kept ({@link
 * org.dpo4j.evaluation.ReferenceScores}); a policy's numbers on held-out rows ({@link
 * org.dpo4j.evaluation.PolicyEvaluator}); and two policies on the same rows, with intervals ({@link
 * org.dpo4j.evaluation.PolicyComparison}).
 */
@NullMarked
package org.dpo4j.evaluation;

import org.jspecify.annotations.NullMarked;
