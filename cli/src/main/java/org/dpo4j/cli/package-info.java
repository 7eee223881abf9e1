/**
 * The command line. Each command is a pair: {@code XOptions} says what may be written (picocli),
 * {@code XCommand} does it (wired by Guice). What was written is sorted out before picocli sees it,
 * so that every problem comes in one list and what has no effect is refused.
 */
@NullMarked
package org.dpo4j.cli;

import org.jspecify.annotations.NullMarked;
