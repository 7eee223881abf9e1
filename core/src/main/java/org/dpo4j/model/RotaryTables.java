package org.dpo4j.model;

import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.tensor.Rotary;

/**
 * Fills the columns of a {@link Rotary} from positions and lengths: {@code factor cos(position x
 * frequency_j)}. In double precision (transformers makes its tables in float32).
 */
record RotaryTables(Rotary rotary, double theta, RotaryScaling scaling) {
  Map<Column, Function<TokenLayout, double[]>> columns() {
    return Map.of(
        rotary.cos(), layout -> fill(layout, Math::cos),
        rotary.sin(), layout -> fill(layout, Math::sin));
  }

  /** Which tokens have equal rows. */
  private record Place(int position, int length) {}

  private double[] fill(TokenLayout layout, DoubleUnaryOperator wave) {
    int[] positions = layout.values(Index.POSITION);
    int[] lengths = layout.sequenceLengths();
    int width = rotary.dims() / 2;
    double[] table = new double[positions.length * width];
    Map<Integer, double[]> frequencies = new HashMap<>();
    Map<Place, Integer> filled = new HashMap<>();
    for (int token = 0; token < positions.length; token++) {
      // 0 stands for every length at which the rotation is the same
      int length = scaling.dependsOnLength(lengths[token]) ? lengths[token] : 0;
      Place place = new Place(positions[token], length);
      Integer same = filled.putIfAbsent(place, token);
      if (same != null) {
        System.arraycopy(table, same * width, table, token * width, width);
        continue;
      }
      double[] f =
          frequencies.computeIfAbsent(length, n -> scaling.frequencies(theta, rotary.dims(), n));
      for (int j = 0; j < width; j++) {
        table[token * width + j] =
            scaling.attentionFactor() * wave.applyAsDouble(positions[token] * f[j]);
      }
    }
    return table;
  }
}
