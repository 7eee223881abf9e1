@NullMarked
package org.dpo4j.loss;

import org.jspecify.annotations.NullMarked;
