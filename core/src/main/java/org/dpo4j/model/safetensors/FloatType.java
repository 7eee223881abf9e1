package org.dpo4j.model.safetensors;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The number formats that weights are stored in, little-endian. */
public enum FloatType {
  F32("float32", 4) {
    @Override
    void read(ByteBuffer from, FloatBuffer to) {
      to.put(from.asFloatBuffer());
    }
  },
  /** IEEE half precision. */
  F16("float16", 2) {
    @Override
    void read(ByteBuffer from, FloatBuffer to) {
      while (from.hasRemaining()) to.put(widenHalf(from.getShort()));
    }
  },
  /** The upper half of a float32. */
  BF16("bfloat16", 2) {
    @Override
    void read(ByteBuffer from, FloatBuffer to) {
      while (from.hasRemaining()) to.put(Float.intBitsToFloat(from.getShort() << 16));
    }
  };

  private final String torchName;
  private final int bytes;

  FloatType(String torchName, int bytes) {
    this.torchName = torchName;
    this.bytes = bytes;
  }

  /** As config.json's {@code dtype} has it. */
  public String torchName() {
    return torchName;
  }

  /** Of one number. */
  public int bytes() {
    return bytes;
  }

  /** Widens all that remains; exact. */
  abstract void read(ByteBuffer from, FloatBuffer to);

  private static float widenHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) return Float.intBitsToFloat(sign | 0x7f800000 | (fraction << 13));
    if (exponent == 0) {
      float small = fraction * 0x1p-24f;
      return sign == 0 ? small : -small;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
  }
}
