/**
 * Trains and scores on PyTorch through DJL. A batch is run eagerly by coarse kernels of a
 * TorchScript library that is built in plain Java; native memory lives in scopes, and nothing of it
 * leaves a session.
 */
@NullMarked
package org.dpo4j.djl;

import org.jspecify.annotations.NullMarked;
