package org.dpo4j.model;

import java.util.Objects;
import org.dpo4j.testkit.CausalTransformerContract;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Nested;

class LlamaTest {
  abstract static class Contract extends CausalTransformerContract {
    private final String kind;

    Contract(String kind) {
      this.kind = kind;
    }

    @Override
    protected CausalTransformer model() {
      return Objects.requireNonNull(TestModels.llamas().get(kind));
    }
  }

  @Nested
  class Untied extends Contract {
    Untied() {
      super("untied");
    }
  }

  @Nested
  class Tied extends Contract {
    Tied() {
      super("tied");
    }
  }

  @Nested
  class Biases extends Contract {
    Biases() {
      super("biases");
    }
  }

  @Nested
  class LinearRotary extends Contract {
    LinearRotary() {
      super("linear");
    }
  }

  @Nested
  class DynamicRotary extends Contract {
    DynamicRotary() {
      super("dynamic");
    }
  }

  @Nested
  class Llama3Rotary extends Contract {
    Llama3Rotary() {
      super("llama3");
    }
  }

  @Nested
  class YarnRotary extends Contract {
    YarnRotary() {
      super("yarn");
    }
  }
}
