/**
 * The language that models are written in: coarse operations on values whose rows are an axis of
 * the batch, and weights that are names. Engines implement {@link org.dpo4j.tensor.TensorOps};
 * {@link org.dpo4j.tensor.PlainTensorOps} does so in plain Java and double precision and is what
 * the others are measured against.
 */
@NullMarked
package org.dpo4j.tensor;

import org.jspecify.annotations.NullMarked;
