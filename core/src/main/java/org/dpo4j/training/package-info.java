@NullMarked
package org.dpo4j.training;

import org.jspecify.annotations.NullMarked;
