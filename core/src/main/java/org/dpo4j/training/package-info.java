/**
 * Making a better policy of preferences: a {@link org.dpo4j.training.PreferenceTrainer} is a
 * procedure, {@code offline} the one that is here, and {@link org.dpo4j.training.TrainingSetup}
 * says what it is given. A run opens and closes its own sessions and leaves a HuggingFace directory
 * with its records in {@code run}; {@link org.dpo4j.training.TrainingListener}s watch.
 */
@NullMarked
package org.dpo4j.training;

import org.jspecify.annotations.NullMarked;
