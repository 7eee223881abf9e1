package org.dpo4j.model;

import java.util.Set;
import org.dpo4j.service.InputException;
import org.jspecify.annotations.Nullable;

/**
 * A model's rotation as config.json tells it: {@code rope_parameters} (transformers 5), or {@code
 * rope_theta} beside {@code rope_scaling} (transformers 4).
 */
record RotaryConfig(double theta, RotaryScaling scaling) {
  private static final double THETA = 10000;

  /** What published configs hold beside kinds that have no use for it. */
  private static final Set<String> HARMLESS =
      Set.of("finetuned", "original_max_position_embeddings");

  static RotaryConfig read(ModelConfig config) {
    ModelConfig rope = section(config);
    double outer = config.positive("rope_theta", THETA);
    if (rope == null) return new RotaryConfig(outer, new RotaryScaling.Default());
    double theta = rope.positive("rope_theta", outer);
    RotaryConfig result = new RotaryConfig(theta, scaling(kind(rope), rope, config));
    if (rope.positive("partial_rotary_factor", 1) != 1) {
      throw rope.wrong("partial_rotary_factor", "1: heads turn as a whole here");
    }
    Set<String> unread = rope.unread().keySet();
    unread.removeAll(HARMLESS);
    if (!unread.isEmpty()) {
      String key = unread.iterator().next();
      throw rope.wrong(key, "no such key beside rope_type \"" + kind(rope) + "\"");
    }
    return result;
  }

  private static @Nullable ModelConfig section(ModelConfig config) {
    ModelConfig parameters = config.section("rope_parameters");
    ModelConfig older = config.section("rope_scaling");
    if (parameters == null) return older;
    if (older != null && !older.sameValues(parameters)) {
      throw config.wrong(
          "rope_scaling", "the same as \"rope_parameters\", which is there too: keep one of them");
    }
    return parameters;
  }

  private static String kind(ModelConfig rope) {
    String kind = rope.text("rope_type", rope.text("type", "default"));
    if (!rope.text("type", kind).equals(kind)) {
      throw rope.wrong("type", "\"" + kind + "\", as \"rope_type\" says");
    }
    return kind;
  }

  private static RotaryScaling scaling(String kind, ModelConfig rope, ModelConfig config) {
    return switch (kind) {
      case "default" -> new RotaryScaling.Default();
      case "linear" -> new RotaryScaling.Linear(rope.positive("factor"));
      case "dynamic" ->
          new RotaryScaling.Dynamic(
              rope.positive("factor"), config.count("max_position_embeddings"));
      case "llama3" ->
          new RotaryScaling.Llama3(
              rope.positive("factor"),
              rope.positive("low_freq_factor"),
              rope.positive("high_freq_factor"),
              trainedLength(rope, config));
      case "yarn" -> yarn(rope, config);
      default ->
          throw new InputException(
              rope.where()
                  + ": rope_type \""
                  + kind
                  + "\" is not known. Expected default, linear, dynamic, llama3 or yarn.");
    };
  }

  /**
   * As transformers: the config's own value first, then the section's, else what it is made for.
   */
  private static int trainedLength(ModelConfig rope, ModelConfig config) {
    String key = "original_max_position_embeddings";
    int inner = rope.count(key, config.count("max_position_embeddings"));
    return config.count(key, inner);
  }

  private static RotaryScaling yarn(ModelConfig rope, ModelConfig config) {
    int trained = trainedLength(rope, config);
    double factor =
        rope.positive("factor", (double) config.count("max_position_embeddings") / trained);
    double usual = attention(factor, 1);
    if (rope.has("mscale") && rope.has("mscale_all_dim")) {
      usual =
          attention(factor, rope.positive("mscale"))
              / attention(factor, rope.positive("mscale_all_dim"));
    }
    return new RotaryScaling.Yarn(
        factor,
        trained,
        rope.positive("attention_factor", usual),
        rope.positive("beta_fast", 32),
        rope.positive("beta_slow", 1),
        rope.flag("truncate", true));
  }

  /** {@code 0.1 m ln(factor) + 1} (Peng 2023, eq. 22, with DeepSeek's m). */
  private static double attention(double factor, double m) {
    return factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1;
  }
}
