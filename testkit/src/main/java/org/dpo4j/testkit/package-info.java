/**
 * Contracts that every plug-in's tests extend, and what such tests share: reference
 * implementations, fixtures, recordings.
 */
@NullMarked
package org.dpo4j.testkit;

import org.jspecify.annotations.NullMarked;
