@NullMarked
package org.dpo4j.evaluation;

import org.jspecify.annotations.NullMarked;
