/**
 * HuggingFace's own tokenizer library, as DJL packs it, behind core's {@link
 * org.dpo4j.tokenization.TokenizerFactory}: reads a model directory's {@code tokenizer.json} and
 * finds the end of sequence in the files beside it. Nothing is downloaded; the native library comes
 * out of the jar.
 */
@NullMarked
package org.dpo4j.tokenizers;

import org.jspecify.annotations.NullMarked;
