package org.dpo4j.model;

import static org.dpo4j.model.ModelConfigTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dpo4j.service.InputException;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitecturesTest {
  @Test
  void anUnknownFamilyIsNamedWithThoseThatAreThere() {
    ModelConfig config = ModelConfig.parse("{\"model_type\": \"lama\"}", "dir/config.json");
    InputException e = assertThrows(InputException.class, () -> Architectures.create(config));
    assertTrue(
        e.getMessage().startsWith("dir/config.json: There is no model_type \"lama\""),
        e.getMessage());
    assertTrue(e.getMessage().contains("llama ("), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"sliding_window\": 4096",
        "\"quantization_config\": {\"bits\": 4}",
        "\"final_logit_softcapping\": 30.0",
      })
  void whatChangesTheNumbersIsNotPassedOver(String key) {
    String[] keyAndValue = key.split(": ", 2);
    assertRefused(
        "a test's config: %s is %s. It changes what a model computes, and \"llama\" doesn't know it here."
            .formatted(keyAndValue[0], keyAndValue[1].replace(" ", "")),
        () -> TestModels.llama(", " + key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"hidden_act\": \"gelu\"",
        "\"pretraining_tp\": 2",
        "\"num_key_value_heads\": 3",
        "\"head_dim\": 5",
        "\"attention_bias\": \"yes\""
      })
  void valuesThatLlamaDoesNotKnowAreRefused(String key) {
    String name = key.substring(0, key.indexOf(':'));
    String json =
        """
        {"model_type": "llama", "vocab_size": 37, "hidden_size": 16, "intermediate_size": 20,
         "num_hidden_layers": 2, "num_attention_heads": 4%s}
        """
            .formatted(", " + key);
    InputException e =
        assertThrows(
            InputException.class, () -> Architectures.create(ModelConfig.parse(json, "c")));
    assertTrue(e.getMessage().startsWith("c: " + name + " is "), e.getMessage());
  }

  @Test
  void harmlessKeysAndEmptyOnesPass() {
    CausalTransformer model =
        TestModels.llama(
            """
            , "architectures": ["LlamaForCausalLM"], "torch_dtype": "bfloat16", "use_cache": true,
             "attention_dropout": 0.1, "sliding_window": null, "pretraining_tp": 1,
             "quantization_config": {}, "rope_scaling": null, "something_new": 3
            """);
    assertEquals(37, model.vocabulary());
    assertEquals(16, model.contextLength());
  }
}
