/**
 * The safetensors file format: a JSON header with names, types, shapes and places of tensors, then
 * their bytes. Files are checked before anything is taken from them, and streamed in blocks of
 * rows.
 */
@NullMarked
package org.dpo4j.model.safetensors;

import org.jspecify.annotations.NullMarked;
