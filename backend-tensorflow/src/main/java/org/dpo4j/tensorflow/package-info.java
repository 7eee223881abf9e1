/**
 * Trains and scores on TensorFlow Java. A model traces itself once into a graph ({@link
 * org.dpo4j.tensorflow.TensorFlowOps}) that serves every batch shape; weights, moments and
 * gradients are variables of that graph.
 */
@NullMarked
package org.dpo4j.tensorflow;

import org.jspecify.annotations.NullMarked;
