package org.dpo4j.model;

import java.util.Map;
import java.util.Set;
import org.dpo4j.service.InputException;
import org.dpo4j.service.NamedServices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the transformer that a config describes, of the families that are on the class path. */
public final class Architectures {
  private static final Logger log = LoggerFactory.getLogger(Architectures.class);

  /** What decides no log-prob of a prepared model; the dropouts are off in preference training. */
  private static final Set<String> HARMLESS =
      Set.of(
          "_name_or_path",
          "architectures",
          "attention_dropout",
          "bos_token_id",
          "dtype",
          "eos_token_id",
          "initializer_range",
          "model_type",
          "pad_token_id",
          "torch_dtype",
          "transformers_version",
          "unk_token_id",
          "use_cache");

  /** What changes the numbers wherever it is meant: no family may pass over it. */
  private static final Set<String> DECISIVE =
      Set.of(
          "attention_multiplier",
          "attn_logit_softcapping",
          "embedding_multiplier",
          "final_logit_softcapping",
          "logit_scale",
          "logits_scaling",
          "partial_rotary_factor",
          "quantization_config",
          "residual_multiplier",
          "sliding_window");

  private Architectures() {}

  /** The families that are there. */
  public static NamedServices<ArchitectureFactory> available() {
    return NamedServices.of(ArchitectureFactory.class, "model_type", Map.of());
  }

  /**
   * Makes a transformer.
   *
   * @throws InputException where the family is unknown (names those that are there), a value is
   *     missing or wrong, or a key that changes the numbers isn't known to the family
   */
  public static CausalTransformer create(ModelConfig config) {
    ArchitectureFactory factory;
    try {
      factory = available().get(config.modelType());
    } catch (InputException e) {
      throw new InputException(config.where() + ": " + e.getMessage(), e);
    }
    CausalTransformer transformer = factory.create(config);
    Map<String, String> unread = config.unread();
    unread.keySet().removeAll(HARMLESS);
    for (Map.Entry<String, String> entry : unread.entrySet()) {
      if (DECISIVE.contains(entry.getKey())) {
        throw new InputException(
            "%s: \"%s\" is %s. It changes what a model computes, and \"%s\" doesn't know it here."
                .formatted(config.where(), entry.getKey(), entry.getValue(), factory.name()));
      }
    }
    if (!unread.isEmpty()) {
      log.warn("{}: \"{}\" has no use for {}", config.where(), factory.name(), unread.keySet());
    }
    return transformer;
  }
}
