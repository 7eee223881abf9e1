package org.dpo4j.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.model.Architectures;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.ModelConfig;
import org.dpo4j.model.WeightSource;
import org.dpo4j.testkit.ChildJvm;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a session takes of native memory, and that it gives it back. */
class TensorFlowSessionTest {
  private static final CausalTransformer MODEL = TestModels.llama();

  @TempDir private Path directory;

  private static TrainingSession open(CausalTransformer model, WeightSource weights) {
    return new TensorFlowBackend()
        .openTraining(
            model, weights, SessionOptions.defaults().withThreads(1), OptimizerOptions.defaults());
  }

  /** Scored, gone forward and back, applied, discarded, streamed out and in. */
  private static void step(TrainingSession session, CausalTransformer model, int seed) {
    Batch batch = model.batch(new TestExamples(seed, model.vocabulary()).mixed());
    session.score(batch, Set.of(HeadStatistic.values()));
    try (ForwardPass pass = session.forward(batch, Set.of())) {
      double[] gradient = new double[pass.scores().logProbs().length];
      Arrays.fill(gradient, 1e-3);
      pass.backward(gradient);
    }
    session.apply(1e-5);
    session.discard();
    model
        .parameters()
        .forEach(p -> session.write(TrainingSession.Kind.WEIGHT, p, session.weights()));
  }

  private static void assertNoneBeyond(long pointers) {
    long now = Pointer.totalCount(); // fewer where the collector found those of another test
    assertTrue(now <= pointers, () -> "from " + pointers + " native pointers to " + now);
  }

  @Test
  void noTensorOutlivesItsStep() {
    try (TrainingSession session = open(MODEL, TestModels.weights(1))) {
      step(session, MODEL, 0);
      long pointers = Pointer.totalCount();
      for (int i = 1; i <= 10; i++) step(session, MODEL, i);
      assertNoneBeyond(pointers);
    }
  }

  @Test
  void aSessionThatIsClosedOrNeverOpenedLeavesNothing() {
    open(MODEL, TestModels.weights(1)).close();
    long pointers = Pointer.totalCount();
    for (int i = 0; i < 3; i++) open(MODEL, TestModels.weights(1)).close();
    assertNoneBeyond(pointers);
    WeightSource broken =
        (parameter, blocks) -> {
          if (parameter.name().contains("layers.1")) throw new IllegalStateException("unreadable");
          TestModels.weights(1).read(parameter, blocks);
        };
    for (int i = 0; i < 3; i++) {
      assertThrows(IllegalStateException.class, () -> open(MODEL, broken));
    }
    assertNoneBeyond(pointers);
  }

  /** A graph that is closed waits for its sessions, for ever if it is closed before them. */
  @Test
  void closingComesToAnEnd() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60), () -> open(MODEL, TestModels.weights(1)).close());
  }

  /** Natives are no part of the heap, and JavaCPP doesn't make them so. */
  @Test
  void aSmallHeapIsEnough() throws IOException, InterruptedException {
    ChildJvm.Ended ended =
        ChildJvm.run(
            directory, List.of("-Xmx40m", "-XX:+UseSerialGC"), TensorFlowSessionTest.class);
    assertEquals("trained", ended.lastLine());
  }

  /** A step of a model whose embedding alone is larger than the heap above. */
  public static void main(String[] arguments) {
    CausalTransformer model =
        Architectures.create(
            ModelConfig.parse(
                """
                {"model_type": "llama", "vocab_size": 100000, "hidden_size": 128,
                 "intermediate_size": 128, "num_hidden_layers": 1, "num_attention_heads": 4,
                 "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
                 "tie_word_embeddings": true}
                """,
                "a test's config"));
    try (TrainingSession session = open(model, TestModels.weights(1))) {
      step(session, model, 1);
    }
    System.out.println("trained");
  }
}
