/** Rules over all modules; here, for here they are all on the class path. */
@NullMarked
package org.dpo4j.architecture;

import org.jspecify.annotations.NullMarked;
