package org.dpo4j.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dpo4j.tensor.Attention;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Rotary;
import org.dpo4j.tensor.Tensor;

/**
 * Llama (Touvron 2023) as transformers' LlamaForCausalLM: RMS norms, rotary positions, grouped
 * queries, gated SiLU; biases and a tied head where the config says so.
 */
public final class LlamaFactory implements ArchitectureFactory {
  @Override
  public String name() {
    return "llama";
  }

  @Override
  public CausalTransformer create(ModelConfig config) {
    Shape shape = Shape.read(config);
    RotaryConfig rope = RotaryConfig.read(config);
    Rotary rotary = new Rotary("default", shape.headDim);
    Parameter embedding =
        Parameter.matrix("model.embed_tokens.weight", shape.vocabulary, shape.dim);
    List<Layer> blocks = new ArrayList<>();
    for (int i = 0; i < shape.layers; i++) blocks.add(block(i, shape, rotary));
    boolean tied = config.flag("tie_word_embeddings", false);
    Linear head =
        tied
            ? new Linear(embedding, false, null, null)
            : Linear.of("lm_head", shape.vocabulary, shape.dim, false);
    return new Decoder(
        embedding,
        blocks,
        RmsNorm.of("model.norm", shape.dim, shape.eps),
        head,
        new RotaryTables(rotary, rope.theta(), rope.scaling()),
        rope.scaling().contextLength(config.count("max_position_embeddings", 2048)),
        tied ? Map.of("lm_head.weight", embedding) : Map.of());
  }

  private record Shape(
      int vocabulary,
      int dim,
      int mlp,
      int layers,
      int heads,
      int kvHeads,
      int headDim,
      double eps,
      boolean attentionBias,
      boolean mlpBias) {
    static Shape read(ModelConfig config) {
      if (!config.text("hidden_act", "silu").equals("silu")) {
        throw config.wrong("hidden_act", "silu");
      }
      if (config.count("pretraining_tp", 1) != 1) {
        throw config.wrong("pretraining_tp", "1");
      }
      int dim = config.count("hidden_size");
      int heads = config.count("num_attention_heads");
      int kvHeads = config.count("num_key_value_heads", heads);
      if (heads % kvHeads != 0) {
        throw config.wrong("num_key_value_heads", "a divisor of num_attention_heads, " + heads);
      }
      if (!config.has("head_dim") && dim % heads != 0) {
        throw config.wrong("hidden_size", "a multiple of num_attention_heads, " + heads);
      }
      int headDim = config.count("head_dim", Math.max(1, dim / heads));
      if (headDim % 2 != 0) {
        throw config.wrong(
            config.has("head_dim") ? "head_dim" : "hidden_size", "heads of an even size");
      }
      return new Shape(
          config.count("vocab_size"),
          dim,
          config.count("intermediate_size"),
          config.count("num_hidden_layers"),
          heads,
          kvHeads,
          headDim,
          config.positive("rms_norm_eps", 1e-6),
          config.flag("attention_bias", false),
          config.flag("mlp_bias", false));
    }
  }

  private static Layer block(int layer, Shape s, Rotary rotary) {
    String name = "model.layers." + layer;
    String attention = name + ".self_attn.";
    String mlp = name + ".mlp.";
    int queries = s.heads * s.headDim;
    int keys = s.kvHeads * s.headDim;
    double scale = 1 / Math.sqrt(s.headDim);
    return new PreNormBlock(
        RmsNorm.of(name + ".input_layernorm", s.dim, s.eps),
        new SelfAttention(
            new Attention(layer, s.heads, s.kvHeads, s.headDim, scale, 0, 0, rotary),
            Linear.of(attention + "q_proj", queries, s.dim, s.attentionBias),
            Linear.of(attention + "k_proj", keys, s.dim, s.attentionBias),
            Linear.of(attention + "v_proj", keys, s.dim, s.attentionBias),
            Linear.of(attention + "o_proj", s.dim, queries, s.attentionBias)),
        RmsNorm.of(name + ".post_attention_layernorm", s.dim, s.eps),
        new GatedMlp(
            Linear.of(mlp + "gate_proj", s.mlp, s.dim, s.mlpBias),
            Linear.of(mlp + "up_proj", s.mlp, s.dim, s.mlpBias),
            Linear.of(mlp + "down_proj", s.dim, s.mlp, s.mlpBias),
            Tensor::silu));
  }
}
