/**
 * What an engine can do, as types: score ({@link org.dpo4j.backend.ScoringBackend}), train ({@link
 * org.dpo4j.backend.TrainingBackend}). An engine knows models and token log-probs, never a loss:
 * the gradient of the token log-probs comes from outside.
 */
@NullMarked
package org.dpo4j.backend;

import org.jspecify.annotations.NullMarked;
