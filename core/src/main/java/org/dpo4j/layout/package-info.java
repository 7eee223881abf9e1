@NullMarked
package org.dpo4j.layout;

import org.jspecify.annotations.NullMarked;
