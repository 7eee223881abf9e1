@NullMarked
package org.dpo4j.backend;

import org.jspecify.annotations.NullMarked;
