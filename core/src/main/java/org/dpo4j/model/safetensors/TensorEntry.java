package org.dpo4j.model.safetensors;

import java.util.List;

/**
 * A tensor as a header tells it.
 *
 * @param type as written: {@code F32}, {@code BF16}, {@code I64}, ...
 * @param shape its dimensions, outermost first
 * @param offset in the file, in bytes
 * @param bytes its size
 */
public record TensorEntry(String name, String type, List<Long> shape, long offset, long bytes) {}
