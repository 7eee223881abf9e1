package org.dpo4j.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatTypeTest {
  private static ByteBuffer bytes(int n) {
    return ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static float widen(FloatType type, int bits) {
    FloatBuffer to = FloatBuffer.allocate(1);
    type.read(bytes(2).putShort((short) bits).flip(), to);
    return to.get(0);
  }

  private static int narrow(float value) {
    return SafetensorsWriter.roundToBfloat16(value) & 0xffff;
  }

  @ParameterizedTest
  @CsvSource({
    "0000, 0.0",
    "8000, -0.0",
    "3c00, 1.0",
    "c000, -2.0",
    "3555, 0.333251953125",
    "7bff, 65504.0", // the largest
    "0400, 0x1p-14", // the smallest normal one
    "03ff, 0x0.ffcp-14", // the largest subnormal one
    "0001, 0x1p-24",
    "8001, -0x1p-24",
    "7c00, Infinity",
    "fc00, -Infinity",
    "7e00, NaN",
  })
  void halvesAreWidenedExactly(String hex, String value) {
    float expected = Float.parseFloat(value);
    assertEquals(expected, widen(FloatType.F16, Integer.parseInt(hex, 16)));
  }

  @ParameterizedTest
  @CsvSource({
    "3f800000, 3f80",
    "bf800000, bf80",
    "3f808000, 3f80", // half way: to the even one below
    "3f818000, 3f82", // half way: to the even one above
    "3f808001, 3f81", // above half way
    "3f807fff, 3f80",
    "3f7fffff, 3f80", // carries into the exponent
    "7f7fffff, 7f80", // past the largest: infinite
    "7f800000, 7f80",
    "ff800000, ff80",
    "00000001, 0000",
    "80000001, 8000",
    "7f800001, 7fc0", // a NaN whose upper half would be infinite
    "ffffffff, ffff",
  })
  void bfloat16RoundsToTheNearestAndTiesToEven(String from, String to) {
    float value = Float.intBitsToFloat(Integer.parseUnsignedInt(from, 16));
    assertEquals(to, String.format(Locale.ROOT, "%04x", narrow(value)));
  }

  @Test
  void everyBfloat16ComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = widen(FloatType.BF16, bits);
      int back = narrow(value);
      // a NaN is made quiet
      assertTrue(back == bits || (Float.isNaN(value) && back == (bits | 0x40)), "" + bits);
    }
  }
}
