package org.dpo4j.testkit;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.dpo4j.model.Architectures;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.ModelConfig;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;

/** Small models with random weights. */
public final class TestModels {
  private static final String LLAMA =
      """
      {"model_type": "llama", "vocab_size": 37, "hidden_size": 12, "intermediate_size": 20,
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6,
       "max_position_embeddings": 16, "rms_norm_eps": 1e-3%s}
      """;

  private TestModels() {}

  /** Vocabulary 37, dim 12, two blocks, four query heads on two key heads, context 16. */
  public static CausalTransformer llama() {
    return llama("");
  }

  /**
   * The same with further keys of config.json.
   *
   * @param more each with a comma before it
   */
  public static CausalTransformer llama(String more) {
    return Architectures.create(ModelConfig.parse(LLAMA.formatted(more), "a test's config"));
  }

  /** A Llama of every kind, by what is special about it. */
  public static Map<String, CausalTransformer> llamas() {
    Map<String, CausalTransformer> all = new LinkedHashMap<>();
    all.put("untied", llama());
    all.put("tied", llama(", \"tie_word_embeddings\": true"));
    all.put("biases", llama(", \"attention_bias\": true, \"mlp_bias\": true"));
    all.put("linear", llama(rotary("\"linear\", \"factor\": 3.0")));
    all.put("dynamic", llama(rotary("\"dynamic\", \"factor\": 2.0")));
    all.put(
        "llama3",
        llama(
            rotary(
                "\"llama3\", \"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0,"
                    + " \"original_max_position_embeddings\": 12")));
    all.put(
        "yarn",
        llama(
            rotary(
                "\"yarn\", \"factor\": 4.0, \"beta_fast\": 2.0, \"beta_slow\": 0.5,"
                    + " \"original_max_position_embeddings\": 8")));
    return all;
  }

  private static String rotary(String typeAndMore) {
    return ", \"rope_parameters\": {\"rope_theta\": 50.0, \"rope_type\": " + typeAndMore + "}";
  }

  /**
   * Weights that a float32 holds exactly, larger than a usual initialization, so that attention,
   * rotation and norms all matter.
   */
  public static WeightSource weights(long seed) {
    return (parameter, blocks) -> {
      Random random = new Random(seed * 31 + parameter.name().hashCode());
      FloatBuffer row = FloatBuffer.allocate(parameter.columns());
      for (int r = 0; r < parameter.rows(); r++) {
        row.clear();
        while (row.hasRemaining()) row.put((float) weight(parameter, random.nextGaussian()));
        blocks.accept(r, row.flip());
      }
    };
  }

  private static double weight(Parameter p, double normal) {
    if (p.name().endsWith("bias")) return 0.1 * normal;
    if (p.vector()) return 1 + 0.2 * normal;
    return (p.name().contains("embed") ? 0.4 : 1.4 / Math.sqrt(p.columns())) * normal;
  }

  /** The numbers of every parameter of a model, row by row. */
  public static Map<Parameter, double[]> numbers(CausalTransformer model, WeightSource weights) {
    Map<Parameter, double[]> numbers = new HashMap<>();
    for (Parameter p : model.parameters()) numbers.put(p, numbers(p, weights));
    return numbers;
  }

  /** The numbers of one parameter, row by row. */
  public static double[] numbers(Parameter parameter, WeightSource weights) {
    double[] numbers = new double[Math.toIntExact(parameter.size())];
    weights.read(
        parameter,
        (firstRow, values) -> {
          for (int i = firstRow * parameter.columns(); values.hasRemaining(); i++) {
            numbers[i] = values.get();
          }
        });
    return numbers;
  }
}
