@NullMarked
package org.dpo4j.service;

import org.jspecify.annotations.NullMarked;
