@NullMarked
package org.dpo4j.tokenization;

import org.jspecify.annotations.NullMarked;
