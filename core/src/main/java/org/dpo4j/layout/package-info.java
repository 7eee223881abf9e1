/**
 * How a batch lies in memory: a flat list of tokens without padding, each prompt once, and the
 * arrows between them. Java sees arrays; a model sees named axes, indexes and columns, whose
 * lengths are data. What engines answer with is here too.
 */
@NullMarked
package org.dpo4j.layout;

import org.jspecify.annotations.NullMarked;
