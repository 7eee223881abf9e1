/**
 * Reverse-mode differentiation of ordinary numbers: {@link org.dpo4j.autodiff.Var} is a double that
 * remembers how it was made. Losses are written on it, so that they read like their papers and no
 * engine ever sees one. Nothing here knows of losses, tokens or engines.
 */
@NullMarked
package org.dpo4j.autodiff;

import org.jspecify.annotations.NullMarked;
