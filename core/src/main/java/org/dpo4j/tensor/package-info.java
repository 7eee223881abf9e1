@NullMarked
package org.dpo4j.tensor;

import org.jspecify.annotations.NullMarked;
