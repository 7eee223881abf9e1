package org.dpo4j.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;

/**
 * An embedding, blocks, a norm and a head, with rotary positions.
 *
 * @param copies further names of parameters in checkpoints
 */
record Decoder(
    Parameter embedding,
    List<Layer> blocks,
    Layer norm,
    Linear projection,
    RotaryTables rotary,
    int contextLength,
    Map<String, Parameter> copies)
    implements CausalTransformer {
  @Override
  public List<Stage> stages() {
    List<Stage> stages = new ArrayList<>();
    stages.add(new Stage("embed", (ops, x) -> ops.embedding(embedding, Index.IDS)));
    for (int i = 0; i < blocks.size(); i++) {
      stages.add(Stage.of("block " + i, blocks.get(i)::apply));
    }
    return stages;
  }

  @Override
  public Head head() {
    return new Head(norm::apply, projection, 0);
  }

  @Override
  public List<Parameter> parameters() {
    Set<Parameter> all = new LinkedHashSet<>();
    all.add(embedding);
    for (Layer block : blocks) all.addAll(block.parameters());
    all.addAll(norm.parameters());
    all.addAll(projection.parameters());
    return List.copyOf(all);
  }

  @Override
  public Map<Column, Function<TokenLayout, double[]>> columns() {
    return rotary.columns();
  }

  @Override
  public int vocabulary() {
    return projection.out();
  }

  @Override
  public boolean growsPastContext() {
    return rotary.scaling() instanceof RotaryScaling.Dynamic;
  }

  @Override
  public boolean mayShare(int longest) {
    return !rotary.scaling().dependsOnLength(longest);
  }

  @Override
  public boolean isBuffer(String tensor) {
    return tensor.endsWith(".rotary_emb.inv_freq");
  }
}
