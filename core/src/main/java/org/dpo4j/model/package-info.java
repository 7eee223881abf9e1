@NullMarked
package org.dpo4j.model;

import org.jspecify.annotations.NullMarked;
