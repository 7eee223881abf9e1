package org.dpo4j.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Batch;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.model.WeightSource;
import org.dpo4j.model.safetensors.FloatType;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;

/** Writes safetensors files as others might, and scores what they hold. */
final class StoredModel {
  private StoredModel() {}

  /** Token log-probs of some odd rows. */
  static double[] score(CausalTransformer model, WeightSource weights) {
    try (ScoringSession session =
        new OnnxBackend().openScoring(model, weights, SessionOptions.defaults())) {
      return session.score(batch(model), Set.of()).logProbs();
    }
  }

  static double[] score(Path directory) {
    PretrainedModel model = PretrainedModel.open(directory);
    return score(model.transformer(), model.weights());
  }

  static Batch batch(CausalTransformer model) {
    return model.batch(new TestExamples(7, model.vocabulary()).mixed());
  }

  /**
   * Writes a file.
   *
   * @param spaces behind the header: numbers need not begin at a multiple of their size
   */
  static void write(
      Path file, List<Parameter> parameters, WeightSource weights, FloatType type, int spaces)
      throws IOException {
    StringBuilder header = new StringBuilder("{");
    long offset = 0;
    for (Parameter p : parameters) {
      long end = offset + type.bytes() * p.size();
      header
          .append(header.length() > 1 ? "," : "")
          .append(
              "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(p.name(), type, shape(p), offset, end));
      offset = end;
    }
    byte[] json =
        header.append("}").append(" ".repeat(spaces)).toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(Math.toIntExact(8 + json.length + offset))
            .order(ByteOrder.LITTLE_ENDIAN);
    all.putLong(json.length).put(json);
    for (Parameter p : parameters) {
      for (double x : TestModels.numbers(p, weights)) put(all, (float) x, type);
    }
    Files.write(file, all.array());
  }

  private static String shape(Parameter p) {
    return p.vector() ? "[" + p.columns() + "]" : "[" + p.rows() + "," + p.columns() + "]";
  }

  private static void put(ByteBuffer to, float x, FloatType type) {
    int bits = Float.floatToRawIntBits(x);
    switch (type) {
      case F32 -> to.putFloat(x);
      case BF16 -> to.putShort((short) (bits >>> 16));
      case F16 -> {
        int sign = bits >>> 31 << 15;
        to.putShort((short) (x == 0 ? sign : sign | ((bits & 0x7fffffff) - (112 << 23)) >>> 13));
      }
    }
  }

  /** Weights that a type holds exactly; F16 as normal numbers. */
  static WeightSource exact(WeightSource weights, FloatType type) {
    int kept =
        switch (type) {
          case F32 -> -1;
          case BF16 -> 0xffff0000;
          case F16 -> 0xffffe000;
        };
    return (p, blocks) ->
        weights.read(
            p,
            (row, values) -> {
              for (int i = values.position(); i < values.limit(); i++) {
                float x = Math.abs(values.get(i)) < 0x1p-14f ? 0 : values.get(i);
                values.put(i, Float.intBitsToFloat(Float.floatToRawIntBits(x) & kept));
              }
              blocks.accept(row, values);
            });
  }
}
