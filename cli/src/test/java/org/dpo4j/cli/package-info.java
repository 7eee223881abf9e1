/** The command line as people meet it. */
@NullMarked
package org.dpo4j.cli;

import org.jspecify.annotations.NullMarked;
