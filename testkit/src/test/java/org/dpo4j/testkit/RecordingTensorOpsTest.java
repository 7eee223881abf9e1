package org.dpo4j.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.tensor.Parameter;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class RecordingTensorOpsTest {
  /** A Llama that scales its embeddings by the number of tokens: a number that is data. */
  private record Baked(CausalTransformer model, AtomicInteger tokens) implements CausalTransformer {
    @Override
    public List<Stage> stages() {
      List<Stage> stages = new ArrayList<>(model.stages());
      stages.add(1, Stage.of("baked", (ops, x) -> x.times(1.0 / tokens.get())));
      return stages;
    }

    @Override
    public Head head() {
      return model.head();
    }

    @Override
    public List<Parameter> parameters() {
      return model.parameters();
    }

    @Override
    public Map<Column, Function<TokenLayout, double[]>> columns() {
      Column spy = new Column("spy", Axis.TOKENS, 1);
      Map<Column, Function<TokenLayout, double[]>> columns = new HashMap<>(model.columns());
      columns.put(
          spy,
          layout -> {
            tokens.set(layout.length(Axis.TOKENS));
            return new double[tokens.get()];
          });
      return columns;
    }

    @Override
    public int vocabulary() {
      return model.vocabulary();
    }

    @Override
    public int contextLength() {
      return model.contextLength();
    }
  }

  @Test
  void catchesANumberThatIsBakedIn() {
    CausalTransformer model = new Baked(TestModels.llama(), new AtomicInteger());
    Map<Parameter, double[]> weights = TestModels.numbers(model, TestModels.weights(1));
    TestExamples examples = new TestExamples(1, model.vocabulary());
    AssertionFailedError caught =
        assertThrows(
            AssertionFailedError.class,
            () ->
                CausalTransformerContract.assertReplays(
                    model,
                    weights,
                    List.of(List.of(examples.example(2, 3)), List.of(examples.example(3, 3)))));
    assertTrue(caught.getMessage().startsWith("log-probs"), caught.getMessage());
  }
}
