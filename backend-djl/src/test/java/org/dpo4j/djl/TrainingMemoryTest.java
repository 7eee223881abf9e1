package org.dpo4j.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.MachineMemory;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Batch;
import org.dpo4j.model.Architectures;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.ModelConfig;
import org.dpo4j.testkit.ChildJvm;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step takes, it gives back. */
class TrainingMemoryTest {
  @TempDir Path directory;

  private static DjlTrainingSession open(CausalTransformer model) {
    return new DjlTrainingSession(
        model,
        TestModels.weights(1),
        SessionOptions.defaults().withThreads(1),
        OptimizerOptions.defaults(),
        DataType.FLOAT32,
        DjlScoringSession.HEAD_CHUNK);
  }

  /** Three pairs scored, gone forward and back, applied; segments of up to so many tokens. */
  private static void step(
      DjlTrainingSession session, CausalTransformer model, Random random, int least, int most) {
    TestExamples examples = new TestExamples(random.nextLong(), model.vocabulary());
    List<TokenizedExample> pairs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int[] lengths = random.ints(3, least, most + 1).toArray();
      pairs.add(examples.example(lengths[0], lengths[1], lengths[2]));
    }
    Batch batch = model.batch(pairs);
    session.score(batch, Set.of());
    try (ForwardPass pass = session.forward(batch, Set.of())) {
      double[] gradient = new double[pass.scores().logProbs().length];
      Arrays.fill(gradient, 1e-3);
      pass.backward(gradient);
    }
    session.apply(1e-5);
  }

  @Test
  void noArrayOutlivesItsStep() {
    CausalTransformer model = TestModels.llama();
    Random random = new Random(1);
    try (DjlTrainingSession session = open(model)) {
      int arrays = session.scope.getManagedArrays().size();
      // weight, gradient and two moments of each
      assertEquals(4 * model.parameters().size(), arrays);
      for (int i = 0; i < 5; i++) step(session, model, random, 1, 7);
      assertEquals(arrays, session.scope.getManagedArrays().size());
    }
  }

  /**
   * In a JVM of its own whose heap doesn't grow and whose code isn't compiled a second time:
   * resident memory is then all native.
   */
  @Test
  @Tag("full")
  void residentMemoryIsLevelOverTwoHundredStepsOfVaryingShapes()
      throws IOException, InterruptedException {
    assumeTrue(MachineMemory.resident().isPresent(), "the system doesn't tell");
    List<String> options =
        List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1");
    System.out.println(ChildJvm.run(directory, options, TrainingMemoryTest.class).lastLine());
  }

  /** Twenty steps of the largest shape, then 180 of others, which must not take more. */
  public static void main(String[] arguments) {
    CausalTransformer model =
        Architectures.create(
            ModelConfig.parse(
                """
                {"model_type": "llama", "vocab_size": 8192, "hidden_size": 128,
                 "intermediate_size": 384, "num_hidden_layers": 4, "num_attention_heads": 4,
                 "num_key_value_heads": 2, "max_position_embeddings": 512, "rms_norm_eps": 1e-5,
                 "tie_word_embeddings": true}
                """,
                "a test's config"));
    Random random = new Random(1);
    long warm = 0;
    long later = 0;
    try (DjlTrainingSession session = open(model)) {
      for (int i = 0; i < 200; i++) {
        step(session, model, random, i < 20 ? 150 : 75, 150);
        if (i < 20) warm = Math.max(warm, residentMegabytes());
        else later = Math.max(later, residentMegabytes());
      }
    }
    System.out.println("resident: " + warm + " MB in twenty steps, then at most " + later + " MB");
    if (later > warm * 1.02) System.exit(1);
  }

  private static long residentMegabytes() {
    return MachineMemory.resident().orElseThrow() >> 20;
  }
}
