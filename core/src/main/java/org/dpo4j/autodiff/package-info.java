@NullMarked
package org.dpo4j.autodiff;

import org.jspecify.annotations.NullMarked;
