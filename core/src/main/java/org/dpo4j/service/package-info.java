/**
 * How plug-ins are found: {@link org.dpo4j.service.NamedServices} looks them up by name through
 * {@link java.util.ServiceLoader} and says what is there, and what would bring the rest, where a
 * look-up fails. Errors that a person can mend are {@link org.dpo4j.service.InputException}s, here
 * and in every other package.
 */
@NullMarked
package org.dpo4j.service;

import org.jspecify.annotations.NullMarked;
