package org.dpo4j.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
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

  private static final Pattern TOLD = Pattern.compile("held: ([\\d.]+) MB .*, ([\\d.]+) MB ");

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

  @Test
  @Tag("full")
  void whatIsHeldIsLevelOverTwoHundredStepsOfVaryingShapes()
      throws IOException, InterruptedException {
    double rise = rise(0);
    assertTrue(rise < 0.02, "rose by " + 100 * rise + "%");
  }

  /** The same measurement sees 64 KiB that each step keeps. */
  @Test
  @Tag("full")
  void whatAStepKeepsShows() throws IOException, InterruptedException {
    double rise = rise(64 << 10);
    assertTrue(rise > 0.03, "rose by " + 100 * rise + "%");
  }

  /** By which share the bytes held rise from the first twenty steps to the last ten. */
  private double rise(int keptByAStep) throws IOException, InterruptedException {
    assumeTrue(held().isPresent(), "neither the system nor the JVM tells");
    List<String> options =
        List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1");
    String told =
        ChildJvm.run(directory, options, getClass(), Integer.toString(keptByAStep)).lastLine();
    System.out.println(told);
    Matcher numbers = TOLD.matcher(told);
    assertTrue(numbers.find(), told);
    return Double.parseDouble(numbers.group(2)) / Double.parseDouble(numbers.group(1)) - 1;
  }

  /**
   * Twenty steps of the largest shape, then 180 of others, which must not take more.
   *
   * @param arguments bytes that each step is to keep
   */
  public static void main(String[] arguments) {
    int floats = Integer.parseInt(arguments[0]) / Float.BYTES;
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
    long[] held = new long[200];
    try (DjlTrainingSession session = open(model)) {
      for (int i = 0; i < held.length; i++) {
        step(session, model, random, i < 20 ? 150 : 75, 150);
        if (floats > 0) session.scope.ones(new Shape(floats));
        held[i] = held().orElseThrow();
      }
    }
    System.out.printf(
        Locale.ROOT,
        "held: %.1f MB after twenty steps, %.1f MB after two hundred%n",
        medianOfTen(held, 20),
        medianOfTen(held, 200));
  }

  /** Megabytes, of the ten values before the given index. */
  private static double medianOfTen(long[] bytes, int end) {
    long[] sorted = Arrays.stream(bytes, end - 10, end).sorted().toArray();
    return (sorted[4] + sorted[5]) / 2e6;
  }

  /**
   * Resident bytes without what the C library keeps of freed memory: some hundred megabytes, which
   * come and go by ten as pieces happen to fit. In a JVM whose heap doesn't grow and whose code
   * isn't compiled a second time, the rest is what native code holds. Empty where the system or the
   * JVM can't tell.
   */
  private static OptionalLong held() {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "systemTrimNativeHeap",
              new Object[0],
              new String[0]);
    } catch (JMException e) {
      return OptionalLong.empty();
    }
    return MachineMemory.resident();
  }
}
