/**
 * Models as descriptions: config.json read into a {@link org.dpo4j.model.CausalTransformer} of
 * named parameters that any engine can trace, and the HuggingFace directories that weights come
 * from and go to. A family of models is an {@link org.dpo4j.model.ArchitectureFactory}. Nothing
 * here is native, and no tensor is ever held whole.
 */
@NullMarked
package org.dpo4j.model;

import org.jspecify.annotations.NullMarked;
