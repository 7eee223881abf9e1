@NullMarked
package org.dpo4j.preference;

import org.jspecify.annotations.NullMarked;
